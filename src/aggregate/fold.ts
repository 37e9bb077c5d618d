// Folding: acknowledged uploads become chunks of the 10 s rung, one per slot over all series.
import { LIVE_RUNGS, ROW_BYTES } from "../config.ts";
import { internEncoded } from "../profile/dictionary-codec.ts";
import { openBatch } from "../segment/batch.ts";
import type { Chunk } from "../segment/chunk.ts";
import { buildChunks, type Incoming } from "../segment/chunk-build.ts";
import { floorTo } from "../segment/ladder.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

/** Folds uploads into chunks. Runs inside one transaction with the deletion of their groups. */
export function foldBatches(tables: ObjectTables, state: LiveState, batches: Iterable<Uint8Array>, now: number): void {
  const slots = new Map<number, Map<number, Incoming[]>>();
  for (const bytes of batches) {
    const batch = openBatch(bytes);
    const nodeOf = internEncoded(batch.dictionary, state.dictionary);
    const ids = batch.series.map(({ typeId, labels }) => state.internSeries(typeId, labels));
    for (const upload of batch.uploads) {
      let slot = slots.get(upload.slot);
      if (slot === undefined) {
        slot = new Map();
        slots.set(upload.slot, slot);
      }
      for (const { series, at, end } of upload.vectors) {
        const id = ids[series] ?? 0;
        const incoming = { nodeOf, bytes: batch.bytes, at, end };
        const list = slot.get(id);
        if (list === undefined) slot.set(id, [incoming]);
        else list.push(incoming);
      }
    }
  }
  state.persist();
  for (const [slot, seriesOfSlot] of slots) {
    for (const chunk of buildChunks(seriesOfSlot, state.vectorSum(), ROW_BYTES))
      insertAtRungs(tables, slot, now, chunk);
  }
}

/**
 * A chunk goes to its slot, and to every wider node above it that was rolled up already: so that a
 * node, once there, holds all of its part's uploads.
 */
function insertAtRungs(tables: ObjectTables, slot: number, now: number, { directory, vectors }: Chunk): void {
  for (const rung of LIVE_RUNGS) {
    const start = floorTo(rung, slot);
    const rolled = rung === LIVE_RUNGS[0] || tables.chunkStarts(0, rung, start, start + rung).length > 0;
    if (rolled) tables.insertChunk({ rung, start, directory, vectors }, now);
  }
}
