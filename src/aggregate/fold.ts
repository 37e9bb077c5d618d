// Folding: acknowledged uploads become chunks of the 10 s rung, one per slot over all series.
import { ROW_BYTES, RUNGS } from "../config.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { internDictionary } from "../profile/stack-dictionary.ts";
import { decodeBatch } from "../segment/batch.ts";
import { ChunkWriter } from "../segment/chunk.ts";
import { floorTo } from "../segment/ladder.ts";
import type { VectorPairs } from "../segment/vector.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

/** Pairs of one vector that surely fit a row: a node and a value take at most 15 bytes. */
const MOST_PAIRS = Math.floor(ROW_BYTES / 16);

interface Incoming {
  readonly nodeOf: Int32Array;
  readonly pairs: VectorPairs;
}

/** Group commits: length-prefixed batches end to end. */
export function* batchesOf(group: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(group);
  while (reader.left > 0) yield reader.blob();
}

/**
 * Folds one group commit into chunks. Runs inside one transaction with the deletion of the group.
 * @returns the uploads folded
 */
export function foldGroup(tables: ObjectTables, state: LiveState, group: Uint8Array, now: number): number {
  const slots = new Map<number, Map<number, Incoming[]>>();
  let uploads = 0;
  for (const bytes of batchesOf(group)) {
    const batch = decodeBatch(bytes);
    const nodeOf = internDictionary(batch.stacks, state.dictionary);
    let slot = slots.get(batch.slot);
    if (slot === undefined) {
      slot = new Map();
      slots.set(batch.slot, slot);
    }
    for (const series of batch.series) {
      const id = state.internSeries(series.type.id, series.labels);
      const list = slot.get(id);
      if (list === undefined) slot.set(id, [{ nodeOf, pairs: series }]);
      else list.push({ nodeOf, pairs: series });
    }
    uploads++;
  }
  state.persist();
  for (const [slot, seriesOfSlot] of slots) {
    for (const chunk of chunksOf(state, seriesOfSlot)) insertAtRungs(tables, slot, now, chunk);
  }
  return uploads;
}

function* chunksOf(
  state: LiveState,
  seriesOfSlot: Map<number, Incoming[]>,
): Generator<ReturnType<ChunkWriter["finish"]>> {
  const sum = state.vectorSum();
  let chunk = new ChunkWriter();
  for (const id of [...seriesOfSlot.keys()].sort((a, b) => a - b)) {
    const incoming = seriesOfSlot.get(id)!;
    let uploads = incoming.length;
    let pairsIn = 0;
    for (const { nodeOf, pairs } of incoming) {
      const { nodes, low, high } = pairs;
      for (let i = 0; i < nodes.length; i++) {
        // A vector too long for a row goes on in the next chunk: sums don't mind.
        if (++pairsIn > MOST_PAIRS) {
          if (!chunk.isEmpty) yield chunk.finish();
          chunk = new ChunkWriter();
          chunk.add(id, uploads, (out) => sum.flush(out));
          uploads = 0;
          pairsIn = 1;
        }
        sum.add(nodeOf[nodes[i]!]!, low[i]!, high === null ? 0 : high[i]!);
      }
    }
    if (!chunk.isEmpty && chunk.byteLength + pairsIn * 15 > ROW_BYTES) {
      yield chunk.finish();
      chunk = new ChunkWriter();
    }
    chunk.add(id, uploads, (out) => sum.flush(out));
  }
  if (!chunk.isEmpty) yield chunk.finish();
}

/**
 * A chunk goes to its slot, and to every wider node above it that was rolled up already: so that a
 * node, once there, holds all of its part's uploads.
 */
function insertAtRungs(
  tables: ObjectTables,
  slot: number,
  now: number,
  { directory, vectors }: { directory: Uint8Array; vectors: Uint8Array },
): void {
  for (const rung of RUNGS) {
    if (rung === 3600) continue; // the hour's node is made by the seal
    const start = floorTo(rung, slot);
    const rolled = rung === RUNGS[0] || tables.chunkStarts(0, rung, start, start + rung).length > 0;
    if (rolled) tables.insertChunk(0, rung, start, now, directory, vectors);
  }
}
