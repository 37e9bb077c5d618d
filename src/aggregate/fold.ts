// Folding: acknowledged uploads become chunks of the 10 s rung, one per slot over all series.
import { HOUR_SECONDS, LIVE_RUNGS, ROW_BYTES, SPAN_CLASS, SPANS } from "../config.ts";
import { internEncoded } from "../profile/dictionary-codec.ts";
import { SPAN_KEY_BYTES } from "../profile/spans.ts";
import { type Batch, openBatch } from "../segment/batch.ts";
import { buildChunks, type Incoming } from "../segment/chunk-build.ts";
import { floorTo } from "../segment/ladder.ts";
import { buildSpanChunks, type IncomingSpan, readSpanDirectory } from "../segment/span-chunk.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

/** Vectors of spans in one fold for which an hour might have room: each has its span's key. More are not even looked at. */
const SPANS_OF_HOUR = Math.floor(SPANS.bytesPerOpenHour / SPAN_KEY_BYTES);

/**
 * Folds uploads into chunks. Runs inside one transaction with the deletion of their groups.
 * @returns how many spans were not kept, because their hour has too many
 */
export function foldBatches(
  tables: ObjectTables,
  state: LiveState,
  batches: Iterable<Uint8Array>,
  now: number,
): number {
  const slots = new Map<number, Map<number, Incoming[]>>();
  const spans = new Map<number, IncomingSpan[]>();
  const ofHour = new Map<number, number>();
  let left = 0;
  for (const bytes of batches) {
    const batch = openBatch(bytes);
    const nodeOf = internEncoded(batch.dictionary, state.dictionary);
    const seriesOf = internedSeries(batch, state);
    for (const { upload, series, span, at, end } of batch.spans) {
      const slot = batch.uploads[upload]?.slot ?? 0;
      const hour = floorTo(HOUR_SECONDS, slot);
      const known = ofHour.get(hour) ?? 0;
      if (known >= SPANS_OF_HOUR) {
        left++;
        continue;
      }
      ofHour.set(hour, known + 1);
      const one = { series: seriesOf(series), span, nodeOf, bytes: batch.bytes, at, end };
      const list = spans.get(slot);
      if (list === undefined) spans.set(slot, [one]);
      else list.push(one);
    }
    for (const upload of batch.uploads) {
      let slot = slots.get(upload.slot);
      if (slot === undefined) {
        slot = new Map();
        slots.set(upload.slot, slot);
      }
      for (const { series, at, end } of upload.vectors) {
        const id = seriesOf(series);
        const incoming = { nodeOf, bytes: batch.bytes, at, end };
        const list = slot.get(id);
        if (list === undefined) slot.set(id, [incoming]);
        else list.push(incoming);
      }
    }
  }
  state.persist();
  const isRolled = rolledNodes(tables);
  for (const [slot, seriesOfSlot] of slots) {
    const rungs = LIVE_RUNGS.filter((rung) => rung === LIVE_RUNGS[0] || isRolled(rung, floorTo(rung, slot)));
    for (const { directory, vectors } of buildChunks(seriesOfSlot, state.vectorSum(), ROW_BYTES))
      for (const rung of rungs) tables.insertChunk({ rung, start: floorTo(rung, slot), directory, vectors }, now);
  }
  return left + foldSpans(tables, state, spans, now);
}

/** Only those that an upload has: a batch that was cut still lists what was cut off. */
function internedSeries({ series }: Batch, state: LiveState): (index: number) => number {
  const ids: number[] = [];
  return (index) => {
    const known = ids[index];
    if (known !== undefined) return known;
    const one = series[index];
    const id = one === undefined ? 0 : state.internSeries(one.typeId, one.labels);
    ids[index] = id;
    return id;
  };
}

/** A slot's spans are kept as long as their hour has room for them. The first chunk without room is the hour's end for this fold. */
function foldSpans(
  tables: ObjectTables,
  state: LiveState,
  slots: ReadonlyMap<number, readonly IncomingSpan[]>,
  now: number,
): number {
  let left = 0;
  const held = new Map<number, number>();
  for (const [slot, incoming] of slots) {
    const hour = floorTo(HOUR_SECONDS, slot);
    let bytes = held.get(hour) ?? tables.spanBytes(hour);
    if (bytes < SPANS.bytesPerOpenHour) {
      // Read to its end even without room: what it adds up in is shared, and begins at zero.
      for (const chunk of buildSpanChunks(incoming, state.vectorSum(), ROW_BYTES)) {
        bytes += chunk.directory.length + chunk.vectors.length;
        if (bytes > SPANS.bytesPerOpenHour) left += readSpanDirectory(chunk.directory).length;
        else tables.insertChunk({ rung: SPAN_CLASS, start: slot, ...chunk }, now);
      }
    } else left += incoming.length;
    held.set(hour, bytes);
  }
  return left;
}

/**
 * A chunk goes to its slot, and to every wider node above it that was rolled up already: so that a
 * node, once there, holds all of its part's uploads. A fold makes no node of its own there, so that each hour's are
 * asked for once.
 */
function rolledNodes(tables: ObjectTables): (rung: number, start: number) => boolean {
  const known = new Map<string, ReadonlySet<number>>();
  return (rung, start) => {
    const hour = start - (start % HOUR_SECONDS);
    const key = `${rung}/${hour}`;
    let starts = known.get(key);
    if (starts === undefined) {
      starts = new Set(tables.chunkStarts(0, rung, hour, hour + HOUR_SECONDS));
      known.set(key, starts);
    }
    return starts.has(start);
  };
}
