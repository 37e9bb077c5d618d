// Recording rules: what the service is asked, and what it answers. One after another, as in service-cases.ts.
import type { JsonObject } from "@bufbuild/protobuf";
import { rowsOf, type ServiceCase } from "./service-case.ts";

const rules = rowsOf("settings.v1.RecordingRulesService");

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

export const RULE_CASES: readonly ServiceCase[] = [
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
