// settings.v1.RecordingRulesService, and GET metrics/profiles, where the rules' metrics are read.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { CLIENT_STORE, RECORDED } from "../../config/clients.ts";
import {
  type RecordingRuleSchema,
  RecordingRulesService,
  type UpsertRecordingRuleRequest,
} from "../../connect/gen/settings/v1/recording_rules_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { logEvent, messageOf } from "../../lib/log.ts";
import { evaluateRule, type ScrapeBudget } from "../../query/recorded/evaluate.ts";
import { metricsText, type RuleOutcome } from "../../query/recorded/exposition.ts";
import {
  profileTypeOf,
  type RecordingRule,
  type RuleBody,
  randomRuleId,
  requireRule,
} from "../../query/recorded/rule.ts";
import { deleteRule, type RuleRow, readRules, writeRule } from "../../storage/recording-rules.ts";
import type { AppContext } from "../context.ts";
import { clockOf, queryPorts, tenantOf } from "../ports.ts";
import { tooMany } from "../requirements.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";
import { asked } from "./read.ts";

const { getRecordingRule, listRecordingRules, upsertRecordingRule, deleteRecordingRule } = RecordingRulesService.method;

export const RECORDING_RULES_METHODS: readonly ServiceMethod[] = [
  serviceMethod(getRecordingRule, "read", async ({ id }, c) => {
    const wanted = id.trim();
    if (wanted === "") throw invalidArgument("id is required");
    const [row] = await readRules(c.env.CATALOG, tenantOf(), wanted);
    if (row === undefined) throw noRule(wanted);
    return { rule: asMessage(ruleOf(row)) };
  }),
  serviceMethod(listRecordingRules, "read", async (_request, c) => ({
    rules: (await readRules(c.env.CATALOG, tenantOf(), null)).map((row) => asMessage(ruleOf(row))),
  })),
  serviceMethod(upsertRecordingRule, "write", async (request, c) => {
    const id = request.id === "" ? randomRuleId() : request.id;
    const body = bodyOf(request);
    requireRule(id, body, request.generation);
    const row = { id, generation: Number(request.generation), rule: JSON.stringify(body) };
    const generation = await writeRule(c.env.CATALOG, tenantOf(), row, clockOf(c.env)());
    if (generation === "conflict") throw new AppError("conflict", "conflicting update, please try again");
    if (generation === "full") throw tooMany("recordingRules", "recording rules", CLIENT_STORE.recordingRules);
    return { rule: asMessage({ id, generation, ...body }) };
  }),
  serviceMethod(deleteRecordingRule, "write", async ({ id }, c) => {
    const wanted = id.trim();
    if (wanted === "") throw invalidArgument("invalid request: id is required");
    if (!(await deleteRule(c.env.CATALOG, tenantOf(), wanted))) throw noRule(wanted);
    return {};
  }),
];

const noRule = (id: string): AppError => new AppError("not_found", `no rule with id='${id.slice(0, 200)}' found`);

const ruleOf = ({ id, generation, rule }: RuleRow): RecordingRule => ({
  id,
  generation,
  ...(JSON.parse(rule) as RuleBody),
});

function bodyOf({
  metricName,
  matchers,
  groupBy,
  externalLabels,
  stacktraceFilter,
}: UpsertRecordingRuleRequest): RuleBody {
  return {
    metricName: metricName.trim(),
    matchers,
    groupBy,
    externalLabels: externalLabels.map(({ name, value }) => ({ name, value })),
    functionName: stacktraceFilter?.functionName?.functionName || null,
  };
}

function asMessage(rule: RecordingRule): MessageInitShape<typeof RecordingRuleSchema> {
  const { id, generation, metricName, matchers, groupBy, externalLabels, functionName } = rule;
  return {
    id,
    metricName,
    profileType: profileTypeOf(rule),
    matchers: [...matchers],
    groupBy: [...groupBy],
    externalLabels: [...externalLabels],
    generation: BigInt(generation),
    ...(functionName === null ? {} : { stacktraceFilter: { functionName: { functionName } } }),
  };
}

/** GET metrics/profiles. A rule that can't be evaluated does not take the others with it. */
export async function profileMetrics(c: AppContext): Promise<Response> {
  const rules = (await readRules(c.env.CATALOG, tenantOf(), null)).map(ruleOf);
  const ports = queryPorts(c.env, c.get("limits"));
  const outcomes: RuleOutcome[] = [];
  const budget: ScrapeBudget = { apps: RECORDED.appsPerScrape, trees: RECORDED.treesPerScrape };
  for (const rule of rules) {
    try {
      outcomes.push({ rule, recorded: await asked(() => evaluateRule(ports, rule, budget)) });
    } catch (error) {
      logEvent("rule_failed", { rule: rule.id, message: messageOf(error) });
      outcomes.push({ rule, recorded: null });
    }
  }
  return c.body(metricsText(outcomes), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
}
