// Recorded metrics as Prometheus text.
//
//   # TYPE profiles_recorded_cpu counter
//   profiles_recorded_cpu{service_name="shop",profiles_rule_id="aBc"} 1234
import { RECORDED } from "../../config/clients.ts";
import type { Recorded } from "./evaluate.ts";
import { type NameAndValue, profileTypeOf, RESERVED_LABELS, type RecordingRule, RULE_ID_LABEL } from "./rule.ts";

export interface RuleOutcome {
  readonly rule: RecordingRule;
  /** Null: it could not be read. */
  readonly recorded: Recorded | null;
}

const UTF8 = new TextEncoder();

export function metricsText(outcomes: readonly RuleOutcome[]): string {
  const lines: string[] = [];
  const unsaid = new Map<string, number>();
  let left: number = RECORDED.bytesPerScrape;
  const byName = Map.groupBy(outcomes, ({ rule }) => rule.metricName);
  for (const [name, sharing] of byName) {
    const kinds = new Set(sharing.flatMap(({ recorded }) => recorded?.kind ?? []));
    const types = new Set(sharing.map(({ rule }) => profileTypeOf(rule)));
    lines.push(`# HELP ${name} Recorded from profiles: ${escapeText([...types].join(", "), false)}`);
    lines.push(`# TYPE ${name} ${kinds.size === 1 ? [...kinds].join() : "untyped"}`);
    for (const { rule, recorded } of sharing)
      for (const { labels, value } of recorded?.series ?? []) {
        const line = `${name}${labelsText(rule, labels)} ${value}`;
        left -= UTF8.encode(line).length + 1;
        if (left >= 0) lines.push(line);
        else unsaid.set(rule.id, (unsaid.get(rule.id) ?? 0) + 1);
      }
  }
  if (outcomes.length > 0) {
    aboutRules(
      lines,
      "profiles_recording_rule_failed",
      "1: the rule could not be evaluated.",
      outcomes,
      ({ recorded }) => (recorded === null ? 1 : 0),
    );
    aboutRules(
      lines,
      "profiles_recording_rule_series_left_out",
      "Series beyond what one rule, or the text of all, may have.",
      outcomes,
      ({ rule, recorded }) => (recorded?.left ?? 0) + (unsaid.get(rule.id) ?? 0),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function aboutRules(
  lines: string[],
  name: string,
  help: string,
  outcomes: readonly RuleOutcome[],
  readingOf: (outcome: RuleOutcome) => number,
): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
  for (const outcome of outcomes) lines.push(`${name}{${RULE_ID_LABEL}="${outcome.rule.id}"} ${readingOf(outcome)}`);
}

/** What a series is told apart by wins over what the rule adds to all. */
function labelsText({ id, externalLabels }: RecordingRule, labels: readonly NameAndValue[]): string {
  const values = new Map([...externalLabels, ...labels].map(({ name, value }) => [name, value]));
  const pairs = [...values].filter(([name]) => !RESERVED_LABELS.has(name));
  return `{${[...pairs, [RULE_ID_LABEL, id] as const].map(([name, value]) => `${name}="${escapeText(value, true)}"`).join(",")}}`;
}

function escapeText(text: string, isQuoted: boolean): string {
  const plain = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return isQuoted ? plain.replaceAll('"', '\\"') : plain;
}
