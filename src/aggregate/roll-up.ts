// Rolling up: chunks of a finer rung add up to one node of the next. The live ladder is 10 s → 1 min → 10 min.
import { ROW_BYTES } from "../config.ts";
import { ChunkWriter, readChunkDirectory } from "../segment/chunk.ts";
import { floorTo } from "../segment/ladder.ts";
import type { LiveState } from "./live-state.ts";
import type { ChunkRow, ObjectTables } from "./object-tables.ts";

/** A sum may lose its multiplier: a pair of two bytes then takes up to nine. */
const GROWTH = 5;

/** [from rung, to rung, seconds after its end at which a node is rolled up: later than nearly every upload]. */
const STEPS = [
  [10, 60, 45],
  [60, 600, 60],
] as const;

/** The nodes of part 0 that could be rolled up now; with `hour`, of that hour alone. */
export function dueRollUps(
  tables: ObjectTables,
  now: number,
  hour?: number,
): { from: number; to: number; start: number }[] {
  const due: { from: number; to: number; start: number }[] = [];
  const range = hour === undefined ? ([] as const) : ([hour, hour + 3600] as const);
  for (const [from, to, grace] of STEPS) {
    const rolled = new Set(tables.chunkStarts(0, to, ...range));
    const starts = new Set(tables.chunkStarts(0, from, ...range).map((start) => floorTo(to, start)));
    for (const start of starts) if (!rolled.has(start) && start + to + grace <= now) due.push({ from, to, start });
    // A wider step may build on nodes that this very list makes; it is asked for again on the next call.
  }
  return due;
}

/** Makes one node of the wider rung. Runs inside one transaction. */
export function rollUp(
  tables: ObjectTables,
  state: LiveState,
  node: { from: number; to: number; start: number },
  now: number,
): void {
  const rows = [...tables.readChunks(0, node.from, node.start, node.start + node.to)];
  for (const chunk of mergeChunks(rows, state)) {
    tables.insertChunk(0, node.to, node.start, now, chunk.directory, chunk.vectors);
  }
}

/** All vectors of the rows, added up per series, as chunks of at most ROW_BYTES. */
export function* mergeChunks(
  rows: readonly ChunkRow[],
  state: LiveState,
  mostBytes: number = ROW_BYTES,
): Generator<{ directory: Uint8Array; vectors: Uint8Array }> {
  const bySeries = new Map<number, { row: ChunkRow; at: number; length: number; uploads: number }[]>();
  for (const row of rows) {
    for (const { series, at, length, uploads } of readChunkDirectory(row.directory)) {
      const entry = { row, at, length, uploads };
      const list = bySeries.get(series);
      if (list === undefined) bySeries.set(series, [entry]);
      else list.push(entry);
    }
  }
  const sum = state.vectorSum();
  let chunk = new ChunkWriter();
  for (const series of [...bySeries.keys()].sort((a, b) => a - b)) {
    const entries = bySeries.get(series)!;
    let bytesIn = 0;
    let uploads = 0;
    for (const entry of entries) {
      if (bytesIn > 0 && (bytesIn + entry.length) * GROWTH > mostBytes) {
        if (!chunk.isEmpty) yield chunk.finish();
        chunk = new ChunkWriter();
        chunk.add(series, uploads, (out) => sum.flush(out));
        bytesIn = 0;
        uploads = 0;
      }
      sum.addEncoded(entry.row.vectors, entry.at, entry.at + entry.length);
      bytesIn += entry.length;
      uploads += entry.uploads;
    }
    if (!chunk.isEmpty && chunk.byteLength + bytesIn * GROWTH > mostBytes) {
      yield chunk.finish();
      chunk = new ChunkWriter();
    }
    chunk.add(series, uploads, (out) => sum.flush(out));
  }
  if (!chunk.isEmpty) yield chunk.finish();
}
