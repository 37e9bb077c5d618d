// `span_id="…"`, `trace_id="…"` and `profile_id="…"` in a query choose spans, which no series has as labels.
import type { Matcher } from "../profile/matcher.ts";
import { SPAN_LABELS, type SpanChoice } from "../profile/spans.ts";

export function splitSpanMatchers(matchers: readonly Matcher[]): {
  readonly matchers: readonly Matcher[];
  readonly spans?: SpanChoice;
} {
  const isOfSpan = ({ name, op, value }: Matcher) => SPAN_LABELS.has(name) && op === "=" && value !== "";
  const own = matchers.filter(isOfSpan);
  if (own.length === 0) return { matchers };
  const idsOf = (isTrace: boolean) =>
    own.filter(({ name }) => (name === "trace_id") === isTrace).map(({ value }) => value.toLowerCase());
  const [spans, traces] = [idsOf(false), idsOf(true)];
  const rest = matchers.filter((one) => !isOfSpan(one));
  // Two ids of one kind at once: no sample has both.
  const isImpossible = new Set(spans).size > 1 || new Set(traces).size > 1;
  return { matchers: rest, spans: isImpossible ? { spans: [""], traces: [""] } : { spans, traces } };
}
