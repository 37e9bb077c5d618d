// What the services beside the querier are asked, and what they answer. Rows of one service go one after another: a later one
// sees what an earlier one wrote, and the last of them leave nothing behind.
import type { JsonObject } from "@bufbuild/protobuf";
import { rowsOf, type ServiceCase } from "./service-case.ts";
import { RULE_CASES } from "./service-rule-cases.ts";

const version = rowsOf("version.v1.Version");
const features = rowsOf("capabilities.v1.FeatureFlagsService");
const debuginfo = rowsOf("debuginfo.v1alpha1.DebuginfoService");
const settings = rowsOf("settings.v1.SettingsService");
const vcs = rowsOf("vcs.v1.VCSService");
const adhoc = rowsOf("adhocprofiles.v1.AdHocProfileService");

const NO_SYMBOLS = "this server keeps the names that agents send and turns no addresses into names";
const flag = (name: string, description: string): JsonObject => ({ name, enabled: true, description });

const ABOUT: readonly ServiceCase[] = [
  version.ok("Version", "its number", {}, { QuerierAPI: "1" }),
  features.ok(
    "GetFeatureFlags",
    "all",
    {},
    {
      featureFlags: [
        flag("v2StorageLayer", "Heatmaps and exemplars can be asked for."),
        flag("pyroscopeRuler", "Recording rules, read at /metrics/profiles."),
        flag("pyroscopeRulerFunctions", "Recording rules of one function."),
        flag("utf8LabelNames", "Label names of any characters, for clients that say they take them."),
      ],
    },
  ),
  debuginfo.ok(
    "ShouldInitiateUpload",
    "of an executable",
    { file: { gnuBuildId: "abc", name: "app", type: "TYPE_EXECUTABLE_FULL" } },
    { reason: NO_SYMBOLS },
  ),
  debuginfo.ok("ShouldInitiateUpload", "of nothing", {}, { reason: NO_SYMBOLS }),
  debuginfo.ok("ListDebuginfo", "none", {}, {}),
  debuginfo.ok("DeleteDebuginfo", "what is not there", { gnuBuildId: "abc" }, {}),
  debuginfo.refused("DeleteDebuginfo", "no id", {}, /^gnu_build_id is required$/),
  debuginfo.refused(
    "UploadFinished",
    "what was not begun",
    { gnuBuildId: "abc" },
    /^no upload of "abc" was begun/,
    "not_found",
  ),
];

const THEME: JsonObject = { name: "theme", value: "dark", modifiedAt: "1700000000000" };
const setting = (fields: JsonObject): JsonObject => ({ setting: { ...THEME, ...fields } });

const SETTINGS: readonly ServiceCase[] = [
  settings.ok("Get", "none", {}, {}),
  settings.refused("Set", "nothing", {}, /^no setting values provided$/),
  settings.refused("Set", "no name", setting({ name: "" }), /^no setting name provided$/),
  settings.refused(
    "Set",
    "a long name",
    setting({ name: "n".repeat(256) }),
    /^name has 256 bytes, limit settingNameBytes is 255$/,
  ),
  settings.refused(
    "Set",
    "a long value",
    setting({ value: "é".repeat(32_769) }),
    /^value has 65538 bytes, limit settingBytes is 65536$/,
  ),
  settings.refused(
    "Set",
    "a time beyond numbers",
    setting({ modifiedAt: "9223372036854775807" }),
    /^modifiedAt 9223372036854775807 is no time/,
  ),
  settings.ok("Set", "one", setting({}), { setting: THEME }),
  settings.ok("Set", "another", setting({ name: "a" }), { setting: { ...THEME, name: "a" } }),
  settings.ok("Set", "the first again, at the same time", setting({ value: "light" }), {
    setting: { ...THEME, value: "light" },
  }),
  settings.refused(
    "Set",
    "the first, from before",
    setting({ modifiedAt: "1699999999999" }),
    /^failed to update theme: newer update already written$/,
    "already_exists",
  ),
  settings.ok(
    "Get",
    "both, by name",
    {},
    {
      settings: [
        { ...THEME, name: "a" },
        { ...THEME, value: "light" },
      ],
    },
  ),
  settings.refused("Delete", "no name", {}, /^no setting name provided$/),
  settings.ok("Delete", "one", { name: "theme" }, {}),
  settings.ok("Delete", "one that is not there", { name: "theme" }, {}),
  settings.ok("Delete", "the other", { name: "a" }, {}),
  settings.ok("Get", "none again", {}, {}),
];

const NO_APP = /^no GitHub app is set up here/;
const FILE: JsonObject = { repositoryURL: "https://github.com/a/b", localPath: "x.go" };

const VCS: readonly ServiceCase[] = [
  vcs.refused("GithubApp", "an app", {}, NO_APP, "unimplemented"),
  vcs.refused("GithubLogin", "a login", { authorizationCode: "x" }, NO_APP, "unimplemented"),
  vcs.refused("GithubRefresh", "a longer login", {}, NO_APP, "unimplemented"),
  vcs.refused(
    "GetCommit",
    "a commit",
    { repositoryURL: "https://github.com/a/b", ref: "c" },
    /^commits are not read here/,
    "unimplemented",
  ),
  vcs.refused(
    "GetCommits",
    "commits",
    { repositoryUrl: "https://github.com/a/b", refs: ["c"] },
    /^commits are not read here/,
    "unimplemented",
  ),
  vcs.refused(
    "GetFile",
    "of no repository",
    { ...FILE, repositoryURL: "" },
    /^repositoryURL "" is not https:\/\/github\.com\/OWNER\/NAME$/,
  ),
  vcs.refused(
    "GetFile",
    "of another host",
    { ...FILE, repositoryURL: "https://gitlab.com/a/b" },
    /^only public repositories of github\.com/,
    "unimplemented",
  ),
  vcs.refused("GetFile", "without a path", { ...FILE, localPath: "" }, /^localPath is required$/),
  vcs.refused(
    "GetFile",
    "of a path that climbs",
    { ...FILE, localPath: "../x" },
    /^localPath .* no path within a repository$/,
  ),
  vcs.refused("GetFile", "of a ref that is none", { ...FILE, ref: "a b" }, /^ref "a b" is no branch, tag or commit$/),
];

const NONE = "01ARZ3NDEKTSV4RRFFQ69G5FAV-none";
/** `main;work 1` */
const FOLDED: JsonObject = { name: "a.collapsed", profile: "bWFpbjt3b3JrIDE=" };

const ADHOC: readonly ServiceCase[] = [
  adhoc.ok("List", "none", {}, {}),
  adhoc.refused("Upload", "nothing", {}, /^profile is required$/),
  adhoc.refused("Upload", "what is not base64", { ...FOLDED, profile: "-" }, /^profile is not base64$/),
  adhoc.refused("Upload", "what is no profile", { profile: "AQIDBA==" }, /./),
  adhoc.refused("Upload", "a file without samples", { name: "a.collapsed", profile: "" }, /^profile is required$/),
  adhoc.refused(
    "Upload",
    "a name too long",
    { ...FOLDED, name: "n".repeat(256) },
    /^name has 256 characters, 255 are allowed$/,
  ),
  adhoc.refused(
    "Upload",
    "too many nodes",
    { ...FOLDED, maxNodes: "1048577" },
    /^max flamegraph nodes limit 1048577 is greater than allowed 1048576$/,
  ),
  adhoc.refused("Get", "no id", {}, /^profile "" not found$/, "not_found"),
  adhoc.refused("Get", "an id that is none", { id: "../../x" }, /not found$/, "not_found"),
  adhoc.refused(
    "Get",
    "one that is not there",
    { id: NONE },
    /^profile "01ARZ3NDEKTSV4RRFFQ69G5FAV-none" not found$/,
    "not_found",
  ),
  adhoc.refused(
    "Get",
    "fewer nodes than none",
    { id: NONE, maxNodes: "-1" },
    /^max flamegraph nodes limit must be set/,
  ),
  adhoc.refused("Diff", "of what is not there", { leftId: NONE, rightId: NONE }, /not found$/, "not_found"),
  adhoc.refused("Diff", "too many nodes", { leftId: NONE, rightId: NONE, maxNodes: "1048577" }, /greater than allowed/),
];

export const SERVICE_CASES: readonly ServiceCase[] = [...ABOUT, ...SETTINGS, ...RULE_CASES, ...VCS, ...ADHOC];
