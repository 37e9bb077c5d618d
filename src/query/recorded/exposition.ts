// Recorded metrics as Prometheus text.
//
//   # TYPE profiles_recorded_cpu counter
//   profiles_recorded_cpu{service_name="shop",profiles_rule_id="aBc"} 1234
import type { Recorded } from "./evaluate.ts";
import { type NameAndValue, profileTypeOf, type RecordingRule } from "./rule.ts";

export interface RuleOutcome {
  readonly rule: RecordingRule;
  /** Null: it could not be read. */
  readonly recorded: Recorded | null;
}

const RULE_ID = "profiles_rule_id";
/** A rule's own labels may not stand in for these. */
const RESERVED: ReadonlySet<string> = new Set(["__name__", RULE_ID]);

export function metricsText(outcomes: readonly RuleOutcome[]): string {
  const lines: string[] = [];
  const byName = Map.groupBy(outcomes, ({ rule }) => rule.metricName);
  for (const [name, sharing] of byName) {
    const kinds = new Set(sharing.flatMap(({ recorded }) => recorded?.kind ?? []));
    const types = new Set(sharing.map(({ rule }) => profileTypeOf(rule)));
    lines.push(`# HELP ${name} Recorded from profiles: ${escapeText([...types].join(", "), false)}`);
    lines.push(`# TYPE ${name} ${kinds.size === 1 ? [...kinds].join() : "untyped"}`);
    for (const { rule, recorded } of sharing)
      for (const { labels, value } of recorded?.series ?? []) lines.push(`${name}${labelsText(rule, labels)} ${value}`);
  }
  if (outcomes.length > 0) {
    aboutRules(lines, "profiles_recording_rule_failed", "1: the rule could not be evaluated.", outcomes, (recorded) =>
      recorded === null ? 1 : 0,
    );
    aboutRules(
      lines,
      "profiles_recording_rule_series_left_out",
      "Series beyond what one rule may have.",
      outcomes,
      (recorded) => recorded?.left ?? 0,
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function aboutRules(
  lines: string[],
  name: string,
  help: string,
  outcomes: readonly RuleOutcome[],
  readingOf: (recorded: Recorded | null) => number,
): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
  for (const { rule, recorded } of outcomes) lines.push(`${name}{${RULE_ID}="${rule.id}"} ${readingOf(recorded)}`);
}

/** What a series is told apart by wins over what the rule adds to all. */
function labelsText({ id, externalLabels }: RecordingRule, labels: readonly NameAndValue[]): string {
  const values = new Map([...externalLabels, ...labels].map(({ name, value }) => [name, value]));
  const pairs = [...values].filter(([name]) => !RESERVED.has(name));
  return `{${[...pairs, [RULE_ID, id] as const].map(([name, value]) => `${name}="${escapeText(value, true)}"`).join(",")}}`;
}

function escapeText(text: string, isQuoted: boolean): string {
  const plain = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return isQuoted ? plain.replaceAll('"', '\\"') : plain;
}
