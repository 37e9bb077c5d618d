// What the services beside the querier are asked, and what they answer. Rows of one service go one after another: a later one
// sees what an earlier one wrote, and the last of them leave nothing behind.
import type { JsonObject } from "@bufbuild/protobuf";
import type { QuerierCase } from "./querier-case.ts";

export interface ServiceCase extends QuerierCase {
  readonly service: string;
}

/** Makes rows of one service. */
const rowsOf = (service: string) => ({
  ok: (method: string, what: string, request: JsonObject, answer: JsonObject): ServiceCase => ({
    service,
    method,
    what,
    request,
    code: "ok",
    answer,
  }),
  refused: (
    method: string,
    what: string,
    request: JsonObject,
    message: RegExp,
    code = "invalid_argument",
  ): ServiceCase => ({ service, method, what, request, code, message }),
});

const version = rowsOf("version.v1.Version");
const features = rowsOf("capabilities.v1.FeatureFlagsService");
const debuginfo = rowsOf("debuginfo.v1alpha1.DebuginfoService");
const settings = rowsOf("settings.v1.SettingsService");
const rules = rowsOf("settings.v1.RecordingRulesService");
const vcs = rowsOf("vcs.v1.VCSService");

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

const TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const RULE: JsonObject = {
  id: "shopRule",
  metricName: "profiles_recorded_cpu",
  matchers: [`{__profile_type__="${TYPE}"}`, '{service_name="shop"}'],
  groupBy: ["region"],
  externalLabels: [{ name: "team", value: "one" }],
};
const SAVED: JsonObject = { ...RULE, profileType: TYPE, generation: "1" };
const FILTER: JsonObject = { stacktraceFilter: { functionName: { functionName: "main.work" } } };
const badRule = (what: string, fields: JsonObject, message: RegExp) =>
  rules.refused("UpsertRecordingRule", what, { ...RULE, ...fields }, message);

const RULES: readonly ServiceCase[] = [
  rules.ok("ListRecordingRules", "none", {}, {}),
  rules.refused("GetRecordingRule", "no id", { id: " " }, /^id is required$/),
  rules.refused(
    "GetRecordingRule",
    "one that is not there",
    { id: "none" },
    /^no rule with id='none' found$/,
    "not_found",
  ),
  badRule("an id of digits", { id: "a1" }, /^invalid request: id "a1" must match \^\[a-zA-Z\]\+\$$/),
  badRule("no metric", { metricName: " " }, /^invalid request: metric_name is required$/),
  badRule(
    "a metric that is none",
    { metricName: "a b" },
    /^invalid request: metric_name "a b" is invalid: invalid metric name: a b$/,
  ),
  badRule("a metric of another name", { metricName: "cpu" }, /metric name must start with profiles_recorded_$/),
  badRule("no matchers", { matchers: [] }, /^invalid request: matchers must contain a "__profile_type__" matcher$/),
  badRule(
    "no type",
    { matchers: ['{a="b"}'] },
    /^invalid request: matchers must contain a "__profile_type__" matcher$/,
  ),
  badRule("two types", { matchers: ['{__profile_type__="a"}', '{__profile_type__="b"}'] }, /matchers must contain/),
  badRule(
    "types by an expression",
    { matchers: ['{__profile_type__=~"a"}'] },
    /^invalid request: matcher "__profile_type__" must have type "="$/,
  ),
  badRule(
    "a matcher that is none",
    { matchers: ["{", `{__profile_type__="a"}`] },
    /^invalid request: matcher "\{" is invalid: /,
  ),
  badRule("an expression that is none", { matchers: [`{__profile_type__="a",b=~"("}`] }, /is invalid: /),
  badRule(
    "a label to group by that is none",
    { groupBy: ["a.b"] },
    /^invalid request: group_by label "a\.b" must match /,
  ),
  badRule(
    "a label to add that is none",
    { externalLabels: [{ name: "1", value: "" }] },
    /^invalid request: external_labels name "1" must match /,
  ),
  badRule("a generation below none", { generation: "-1" }, /^invalid request: generation must be positive$/),
  badRule(
    "all of it wrong",
    { id: "1", metricName: "", matchers: [], groupBy: ["-"] },
    /^invalid request: id [^\n]*\nmetric_name is required\nmatchers [^\n]*\ngroup_by /,
  ),
  badRule("too many labels", { groupBy: Array.from({ length: 31 }, (_, i) => `l${i}`) }, /limit ruleLabels is 30$/),
  badRule(
    "too many matchers",
    { matchers: [...Array.from({ length: 30 }, () => '{a="b"}'), '{__profile_type__="a"}'] },
    /limit ruleMatchers is 30$/,
  ),
  badRule(
    "too long a rule",
    { externalLabels: [{ name: "a", value: "v".repeat(17_000) }] },
    /limit ruleBytes is 16384$/,
  ),
  rules.ok("UpsertRecordingRule", "a new one, whatever its generation", { ...RULE, generation: "7" }, { rule: SAVED }),
  rules.ok("GetRecordingRule", "it", { id: " shopRule " }, { rule: SAVED }),
  rules.ok(
    "UpsertRecordingRule",
    "a change of it",
    { ...RULE, ...FILTER, generation: "1" },
    { rule: { ...SAVED, ...FILTER, generation: "2" } },
  ),
  rules.refused(
    "UpsertRecordingRule",
    "a change of what it was before",
    { ...RULE, generation: "1" },
    /^conflicting update, please try again$/,
    "already_exists",
  ),
  rules.ok("ListRecordingRules", "it", {}, { rules: [{ ...SAVED, ...FILTER, generation: "2" }] }),
  rules.refused("DeleteRecordingRule", "no id", {}, /^invalid request: id is required$/),
  rules.ok("DeleteRecordingRule", "it", { id: "shopRule" }, {}),
  rules.refused(
    "DeleteRecordingRule",
    "it again",
    { id: "shopRule" },
    /^no rule with id='shopRule' found$/,
    "not_found",
  ),
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

export const SERVICE_CASES: readonly ServiceCase[] = [...ABOUT, ...SETTINGS, ...RULES, ...VCS];
