// Which request each sample of a pprof was taken in, by its labels. Only profiles that have such labels come here.
import { TupleTable } from "../../lib/tuple-table.ts";
import { type ProfileSpans, SPAN_TOO_MANY, SPANLESS, spanKey, spanNumbers } from "../../profile/spans.ts";
import type { PprofTables } from "./tables.ts";

export interface SampleSpans extends ProfileSpans {
  /** Samples whose span was one too many. */
  readonly left: number;
}

/** @param nameOf of the labels that name a request: what each key string says */
export function sampleSpans(tables: PprofTables, nameOf: ReadonlyMap<number, string>): SampleSpans {
  const ofSample = new Int32Array(tables.sampleCount).fill(SPANLESS);
  const { keys, placeOf } = spanNumbers(tables.limits.spansPerUpload);
  /** (span, trace) as strings of the profile, and what each such pair is. */
  const pairs = new TupleTable(2);
  const ofPair: number[] = [];
  let left = 0;
  let from = 0;
  for (let s = 0; s < ofSample.length; s++) {
    const to = tables.sampleLabelEnds.values[s]!;
    let span = 0;
    let profile = 0;
    let trace = 0;
    for (let i = from; i < to; i++) {
      const name = nameOf.get(tables.labelKeys.values[i]!);
      if (name === undefined) continue;
      const value = tables.labelStrings.values[i]!;
      if (name === "span_id") span = value;
      else if (name === "trace_id") trace = value;
      else profile = value;
    }
    from = to;
    if (span === 0) span = profile;
    if (span === 0 && trace === 0) continue;
    const pair = pairs.internPair(span, trace);
    ofPair[pair] ??= placeOf(spanKey(tables.text(span), tables.text(trace)));
    if (ofPair[pair] === SPAN_TOO_MANY) left++;
    else ofSample[s] = ofPair[pair]!;
  }
  return { ofSample, keys, left };
}
