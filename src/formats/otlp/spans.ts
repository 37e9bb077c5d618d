// The spans that samples of an OTLP profile link to.
import { SPANLESS, type SpanKey, spanKey, spanNumbers } from "../../profile/spans.ts";
import { costOf } from "./budget.ts";
import type { OtlpSample } from "./messages.ts";
import type { StackSource } from "./source.ts";

export interface OtlpSpans {
  /** Distinct; grows. */
  readonly keys: readonly SpanKey[];
  /** Index into `keys`, SPANLESS, or SPAN_TOO_MANY. */
  of(sample: OtlpSample): number;
}

/** Of one profile. */
export function otlpSpans({ tables: { linkTable }, limits, budget }: StackSource): OtlpSpans {
  const { keys, placeOf } = spanNumbers(limits.spansPerUpload);
  const ofLink = new Map<number, number>();
  const placeOfLink = (link: number): number => {
    // Each profile reads it anew.
    budget.reads(costOf(linkTable, link));
    const { spanId, traceId } = linkTable?.at(link) ?? {}; // one that is not there costs the sample its span alone
    return placeOf(spanKey(spanId, traceId));
  };
  return {
    keys,
    of({ linkIndex = 0 }) {
      if (linkIndex === 0) return SPANLESS; // row 0 stands for nothing
      const place = ofLink.get(linkIndex) ?? placeOfLink(linkIndex);
      ofLink.set(linkIndex, place);
      return place;
    },
  };
}
