// Reads the spans that an object still holds (decision 0024): of every part, by 10 s slots, those that are asked for.
import { SPAN_CLASS, SPANS } from "../config.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { compileSpans, type SpanChoice, type SpanKey, withSpan } from "../profile/spans.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import { heaviestSeries } from "../segment/series-collector.ts";
import { readSpanDirectory, type SpanEntry } from "../segment/span-chunk.ts";
import { StartSums } from "../segment/start-sums.ts";
import { addVector, writeSums } from "../segment/vector.ts";
import type { LiveAnswer } from "./live-protocol.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

interface Wanted {
  /** Ids of series. */
  readonly series: ReadonlySet<number>;
  readonly spans: SpanChoice;
}

interface Range {
  readonly from: number;
  readonly until: number;
}

function* chosenEntries(
  tables: ObjectTables,
  { series, spans }: Wanted,
  { from, until }: Range,
): Generator<{ start: number; entry: SpanEntry; vectors: Uint8Array }> {
  const isChosen = compileSpans(spans);
  for (const part of tables.chunkParts())
    for (const { start, directory, vectors } of tables.readChunks(part, SPAN_CLASS, from, until))
      for (const entry of readSpanDirectory(directory))
        if (series.has(entry.series) && isChosen(entry.span)) yield { start, entry, vectors };
}

export function readSpanTree(tables: ObjectTables, state: LiveState, wanted: Wanted, range: Range): LiveAnswer["tree"] {
  const sums = new WideSums(state.dictionary.nodes.count);
  let uploads = 0;
  for (const { entry, vectors } of chosenEntries(tables, wanted, range)) {
    addVector(vectors, entry.at, entry.at + entry.length, entry.total, sums);
    uploads += entry.uploads;
  }
  const out = new ByteWriter(1024);
  const total = writeSums(out, sums);
  return { vector: out.finish(), totalLow: total.lo, totalHigh: total.hi, uploads };
}

/** Each span of each series as a series of its own, by slots; of very many the heaviest. */
export function readSpanSeries(
  tables: ObjectTables,
  state: LiveState,
  wanted: Wanted,
  range: Range,
): readonly SeriesSums[] {
  const found = new Map<string, { readonly series: number; readonly span: SpanKey; readonly sums: StartSums }>();
  for (const { start, entry } of chosenEntries(tables, wanted, range)) {
    const { series, span, uploads, total } = entry;
    const key = `${series}/${span}`;
    let one = found.get(key);
    if (one === undefined) {
      one = { series, span, sums: new StartSums() };
      found.set(key, one);
    }
    one.sums.add(start, uploads, total.lo, total.hi);
  }
  const collector = heaviestSeries(SPANS.listed);
  for (const { series, span, sums } of found.values()) {
    const { typeId, labels } = state.series(series);
    collector.add([{ typeId, labels: withSpan(labels, span), ...sums.columns() }]);
  }
  return collector.finish();
}
