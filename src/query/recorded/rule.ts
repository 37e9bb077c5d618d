// A recording rule: which series of one profile type become a metric, told apart by which labels. What is wrong with one is said in
// Pyroscope's words, all of it at once.

import { CLIENT_STORE } from "../../config/clients.ts";
import { LIMITS } from "../../config.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { compileMatchers, type Matcher } from "../../profile/matcher.ts";
import { parsePromSelector } from "../../profile/promql.ts";

/** Names that a metric's labels have from elsewhere: a rule's own may not stand in for these. */
export const RULE_ID_LABEL = "profiles_rule_id";
export const RESERVED_LABELS: ReadonlySet<string> = new Set(["__name__", RULE_ID_LABEL]);

export interface NameAndValue {
  readonly name: string;
  readonly value: string;
}

/** As it is kept; its id and generation are columns of their own. */
export interface RuleBody {
  readonly metricName: string;
  readonly matchers: readonly string[];
  readonly groupBy: readonly string[];
  readonly externalLabels: readonly NameAndValue[];
  /** Only stacks that have it; null: all. */
  readonly functionName: string | null;
}

export interface RecordingRule extends RuleBody {
  readonly id: string;
  /** Counts its versions. */
  readonly generation: number;
}

const METRIC_PREFIX = "profiles_recorded_";
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const ID = /^[a-zA-Z]+$/;
const PROFILE_TYPE = "__profile_type__";
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ID_LENGTH = 10;

export const randomRuleId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(ID_LENGTH)), (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join(
    "",
  );

/** @throws AppError invalid_argument */
export function requireRule(id: string, rule: RuleBody, generation: bigint): void {
  const problems = [
    ...(ID.test(id) ? [] : [`id ${quoted(id)} must match ${ID.source}`]),
    ...metricProblems(rule.metricName),
    ...matcherProblems(rule.matchers),
    ...rule.groupBy
      .filter((name) => !LABEL_NAME.test(name))
      .map((name) => `group_by label ${quoted(name)} must match ${LABEL_NAME.source}`),
    ...rule.externalLabels
      .filter(({ name }) => !LABEL_NAME.test(name))
      .map(({ name }) => `external_labels name ${quoted(name)} must match ${LABEL_NAME.source}`),
    ...twiceProblems(rule),
    ...(generation < 0n ? ["generation must be positive"] : []),
  ];
  if (problems.length > 0) throw invalidArgument(`invalid request: ${problems.join("\n")}`);
  requireSmall(id, rule);
}

/** Series that are told apart by a label which the metric has otherwise would be one and the same in its text. */
function twiceProblems({ groupBy, externalLabels }: RuleBody): string[] {
  const added = new Set(externalLabels.map(({ name }) => name));
  return groupBy.flatMap((name) => {
    if (RESERVED_LABELS.has(name)) return [`group_by label ${quoted(name)} is reserved`];
    return added.has(name) ? [`group_by label ${quoted(name)} is one of external_labels`] : [];
  });
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 200));

function metricProblems(name: string): string[] {
  if (name === "") return ["metric_name is required"];
  const is = `metric_name ${quoted(name)} is invalid: `;
  if (!METRIC_NAME.test(name)) return [`${is}invalid metric name: ${name.slice(0, 200)}`];
  return name.startsWith(METRIC_PREFIX) ? [] : [`${is}metric name must start with ${METRIC_PREFIX}`];
}

function matcherProblems(texts: readonly string[]): string[] {
  const problems: string[] = [];
  let types = 0;
  for (const text of texts) {
    const matchers = matchersOf(text);
    if (typeof matchers === "string") problems.push(`matcher ${quoted(text)} is invalid: ${matchers}`);
    else {
      for (const { op } of matchers.filter(({ name }) => name === PROFILE_TYPE)) {
        if (op !== "=") problems.push(`matcher "${PROFILE_TYPE}" must have type "="`);
        types++;
      }
    }
  }
  return types === 1 ? problems : [...problems, `matchers must contain a "${PROFILE_TYPE}" matcher`];
}

/** Or what is wrong with the text. */
function matchersOf(text: string): readonly Matcher[] | string {
  try {
    const { matchers } = parsePromSelector(text);
    compileMatchers(matchers);
    return matchers;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** The type that a rule's matchers name; "unknown" as Pyroscope says it. */
export function profileTypeOf({ matchers }: Pick<RuleBody, "matchers">): string {
  const all = matchers.flatMap((text) => {
    const found = matchersOf(text);
    return typeof found === "string" ? [] : found;
  });
  return all.find(({ name, op }) => name === PROFILE_TYPE && op === "=")?.value ?? "unknown";
}

const UTF8 = new TextEncoder();

/** A rule is asked again at every scrape. @throws AppError invalid_argument */
function requireSmall(id: string, rule: RuleBody): void {
  const bytes = UTF8.encode(JSON.stringify({ id, ...rule })).length;
  const labels = rule.groupBy.length + rule.externalLabels.length;
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => UTF8.encode(text).length));
  const added = rule.externalLabels;
  const checks = [
    ["ruleBytes", bytes, CLIENT_STORE.ruleBytes, "bytes"],
    ["ruleLabels", labels, CLIENT_STORE.ruleLabels, "labels to group by and to add"],
    ["ruleMatchers", rule.matchers.length, CLIENT_STORE.ruleMatchers, "matchers"],
    ["labelNameBytes", longest(added.map(({ name }) => name)), LIMITS.labelNameBytes, "bytes of a label's name"],
    ["labelValueBytes", longest(added.map(({ value }) => value)), LIMITS.labelValueBytes, "bytes of a label's value"],
    ["symbolBytes", UTF8.encode(rule.functionName ?? "").length, LIMITS.symbolBytes, "bytes of a function's name"],
  ] as const;
  for (const [limit, actual, allowed, what] of checks) {
    if (actual > allowed)
      throw invalidArgument(`the rule has ${actual} ${what}, limit ${limit} is ${allowed}`, {
        limit,
        actual,
        allowed,
      });
  }
}
