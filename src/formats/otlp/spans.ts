// The spans that samples of an OTLP profile link to.
import type { Limits } from "../../config.ts";
import { type SpanKey, spanKey } from "../../profile/spans.ts";
import { spansLeftOut, type UploadNote } from "../../profile/upload-note.ts";
import type { Dictionary, OtlpSample } from "./messages.ts";

export interface OtlpSpans {
  /** Distinct; grows. */
  readonly keys: readonly SpanKey[];
  /** Index into `keys`; -1 for none. */
  of(sample: OtlpSample): number;
  notes(): UploadNote[];
}

const TOO_MANY = -2;

/** Of one profile. */
export function otlpSpans({ linkTable }: Dictionary, limits: Limits): OtlpSpans {
  const keys: SpanKey[] = [];
  const known = new Map<SpanKey, number>();
  const ofLink = new Map<number, number>();
  let left = 0;
  const placeOf = (link: number): number => {
    const { spanId, traceId } = linkTable?.[link] ?? {}; // one that is not there costs the sample its span alone
    const key = spanKey(spanId, traceId);
    if (key === null) return -1;
    const place = known.get(key) ?? keys.length;
    if (place < keys.length) return place;
    if (place >= limits.spansPerUpload) return TOO_MANY;
    known.set(key, place);
    keys.push(key);
    return place;
  };
  return {
    keys,
    of({ linkIndex = 0 }) {
      if (linkIndex === 0) return -1; // row 0 stands for nothing
      const place = ofLink.get(linkIndex) ?? placeOf(linkIndex);
      ofLink.set(linkIndex, place);
      if (place === TOO_MANY) left++;
      return Math.max(-1, place);
    },
    notes: () => (left > 0 ? [spansLeftOut(left, limits)] : []),
  };
}
