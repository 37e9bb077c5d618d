// Spans: which request a sample was taken in. A span is no label of a series (every request has its own); what was sampled in it
// is kept beside the series, under its key, for a bounded time (decision 0024).
//
//   key   48 hexadecimal digits: id of the trace (32), id of the span (16); zeros where one is not known
import { type LabelSet, labelSet, labelValue } from "./labels.ts";

/** Sample labels that name a request. `profile_id` is what older agents call the span. */
export const SPAN_LABELS: ReadonlySet<string> = new Set(["profile_id", "span_id", "trace_id"]);

export type SpanKey = string;

/** What a profile's samples say. */
export interface ProfileSpans {
  /** Index into `keys`; -1 for samples of no span. */
  readonly ofSample: Int32Array;
  /** Distinct. */
  readonly keys: readonly SpanKey[];
}

export const SPAN_KEY_BYTES = 24;
const NO_TRACE = "0".repeat(32);
export const NO_SPAN = "0".repeat(16);
export const SPAN_ID = /^[0-9a-fA-F]{16}$/;
export const TRACE_ID = /^[0-9a-fA-F]{32}$/;

/** Null where neither is an id. */
export function spanKey(span: string | undefined, trace: string | undefined): SpanKey | null {
  const known = (id: string | undefined, form: RegExp, none: string) =>
    id !== undefined && form.test(id) ? id.toLowerCase() : none;
  const key = known(trace, TRACE_ID, NO_TRACE) + known(span, SPAN_ID, NO_SPAN);
  return key === NO_TRACE + NO_SPAN ? null : key;
}

/** The key that a sample's own labels name. */
export function spanOfLabels(labels: LabelSet): SpanKey | null {
  const idOf = (name: string) => labelValue(labels, name);
  return spanKey(idOf("span_id") ?? idOf("profile_id"), idOf("trace_id"));
}

/** What numbering answers for no span, and for one that was too many. */
export const SPANLESS = -1;
export const SPAN_TOO_MANY = -2;

/** Numbers the spans of one profile as they come. @param most as many as are kept */
export function spanNumbers(most: number) {
  const keys: SpanKey[] = [];
  const known = new Map<SpanKey, number>();
  return {
    /** Distinct; grows. */
    keys: keys as readonly SpanKey[],
    /** Index into `keys`, or one of the two above. */
    placeOf(key: SpanKey | null): number {
      if (key === null) return SPANLESS;
      const place = known.get(key) ?? keys.length;
      if (place < keys.length) return place;
      if (place >= most) return SPAN_TOO_MANY;
      known.set(key, place);
      keys.push(key);
      return place;
    },
  };
}

/** Empty for an id that is not known. */
export const spanIdOf = (key: SpanKey): string => (key.endsWith(NO_SPAN) ? "" : key.slice(32));
export const traceIdOf = (key: SpanKey): string => (key.startsWith(NO_TRACE) ? "" : key.slice(0, 32));

/** A series' labels with those of a span: how the two stand together in a segment. Name-sorted when the series' are. */
export function withSpan(labels: LabelSet, key: SpanKey): LabelSet {
  const own: [string, string][] = [];
  if (spanIdOf(key) !== "") own.push(["span_id", spanIdOf(key)]);
  if (traceIdOf(key) !== "") own.push(["trace_id", traceIdOf(key)]);
  return labelSet([...labels, ...own]);
}

/** What withSpan was given, but for the order. */
export function splitSpan(labels: LabelSet): {
  readonly series: LabelSet;
  readonly span: string;
  readonly trace: string;
} {
  const key = spanOfLabels(labels) ?? "";
  return {
    series: labels.filter(([name]) => !SPAN_LABELS.has(name)),
    span: key === "" ? "" : spanIdOf(key),
    trace: key === "" ? "" : traceIdOf(key),
  };
}

/** Which spans are asked for, by ids in lower case: one of `spans`, where there are some, of one of `traces`, where there are some. */
export interface SpanChoice {
  readonly spans: readonly string[];
  readonly traces: readonly string[];
}

/** @returns whether a span is one of them; null is what has no span */
export function compileSpans({ spans, traces }: SpanChoice): (key: SpanKey | null) => boolean {
  const [wantedSpans, wantedTraces] = [new Set(spans), new Set(traces)];
  const isIn = (ids: ReadonlySet<string>, key: SpanKey | null, idOf: (key: SpanKey) => string) => {
    if (ids.size === 0) return true;
    const id = key === null ? "" : idOf(key);
    return id !== "" && ids.has(id);
  };
  return (key) => isIn(wantedSpans, key, spanIdOf) && isIn(wantedTraces, key, traceIdOf);
}
