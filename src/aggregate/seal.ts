// Sealing: an hour of chunks becomes two R2 objects (the 10 s rung apart, so that dropping it rewrites
// nothing), a stretch of the dictionary, and their catalog rows. A seal is planned and frozen in one
// transaction; from then on it may be repeated from the start and writes the same bytes.
import { HOUR_SECONDS, ROW_BYTES, RUNGS } from "../config.ts";
import { toBase64 } from "../lib/base64.ts";
import { deflate } from "../lib/deflate.ts";
import { encodeDictionary } from "../profile/dictionary-codec.ts";
import { type DictionarySize, EMPTY_SIZE } from "../profile/stack-dictionary.ts";
import { readChunkDirectory } from "../segment/chunk.ts";
import { dictionaryKey, type ShardKey, segmentKey } from "../segment/keys.ts";
import { TRAILER_BYTES } from "../segment/segment-format.ts";
import { type SegmentEntry, seriesOrder, writeSegment } from "../segment/segment-writer.ts";
import type { CatalogWrites, DictionaryRow, SealCommit, SegmentRow } from "../storage/catalog-writes.ts";
import type { SegmentStore } from "../storage/segment-store.ts";
import type { LiveState } from "./live-state.ts";
import type { ChunkRow, ObjectTables } from "./object-tables.ts";
import { mergeChunks } from "./roll-up.ts";

/** A stretch of the dictionary that is in R2. */
export interface SealedStretch {
  readonly from: DictionarySize;
  readonly to: DictionarySize;
  readonly objectKey: string;
  readonly objectBytes: number;
}

/** What one seal will do: everything that a retry needs to write the same bytes. */
export interface SealPlan {
  readonly part: number;
  readonly hour: number;
  readonly epoch: number;
  /** Stretch to write, or null when the dictionary did not grow. `replaces` the last stretches it covers. */
  readonly stretch: { readonly from: DictionarySize; readonly to: DictionarySize; readonly replaces: number } | null;
}

/**
 * Stretches merge like the digits of a counter: a new one takes in those before it that are not twice
 * its size, so that n nodes lie in about log n objects and each is rewritten about log n times.
 */
export function planStretch(sealed: readonly SealedStretch[], now: DictionarySize): SealPlan["stretch"] {
  let from = sealed.at(-1)?.to ?? EMPTY_SIZE;
  if (from.nodes === now.nodes && from.strings === now.strings && from.frames === now.frames) return null;
  let replaces = 0;
  while (replaces < sealed.length) {
    const previous = sealed[sealed.length - 1 - replaces]!;
    if (previous.to.nodes - previous.from.nodes > 2 * (now.nodes - from.nodes)) break;
    from = previous.from;
    replaces++;
  }
  return { from, to: now, replaces };
}

export interface SealContext {
  readonly tables: ObjectTables;
  readonly state: LiveState;
  readonly key: ShardKey;
  readonly store: SegmentStore;
  readonly catalog: CatalogWrites;
  readonly sealed: readonly SealedStretch[];
  readonly now: number;
}

/** Seconds for which a replaced object stays: no query runs that long. */
const RETIRE_SECONDS = 3600;

/**
 * Writes objects and rows of a frozen part.
 * @returns the stretches now sealed, and D1's bookmark from which on the part is visible
 */
export async function carryOutSeal(
  context: SealContext,
  plan: SealPlan,
): Promise<{ sealed: SealedStretch[]; bookmark: string | null }> {
  const { tables, state, key, store, catalog } = context;
  let sealed = [...context.sealed];
  let dictionary: SealCommit["dictionary"] = null;
  if (plan.stretch !== null) {
    const { from, to, replaces } = plan.stretch;
    const bytes = deflate(encodeDictionary(state.dictionary, from, to));
    const objectKey = dictionaryKey(key, plan.epoch, from.nodes, to.nodes);
    await store.put(objectKey, bytes);
    const replaced = sealed.slice(sealed.length - replaces);
    sealed = [...sealed.slice(0, sealed.length - replaces), { from, to, objectKey, objectBytes: bytes.length }];
    const rowOf = (stretch: SealedStretch): DictionaryRow => ({
      fromNode: stretch.from.nodes,
      toNode: stretch.to.nodes,
      objectKey: stretch.objectKey,
      objectBytes: stretch.objectBytes,
    });
    dictionary = { added: rowOf(sealed.at(-1)!), replaces: replaced.map(rowOf) };
  }
  const content = readPart(tables, state, plan);
  const segments: SegmentRow[] = [];
  for (const rungs of [[10], [60, 600, 3600]]) {
    const object = writeSegment(
      content.series,
      plan.hour,
      rungs.map((width) => ({ width, entries: (typeId: string) => content.entries(width, typeId) })),
    );
    const finest = rungs[0]!;
    const objectKey = segmentKey(key, { width: HOUR_SECONDS, start: plan.hour, finest, part: plan.part });
    await store.put(objectKey, object.bytes);
    const head = toBase64(object.head);
    segments.push({
      width: HOUR_SECONDS,
      start: plan.hour,
      finest,
      objectKey,
      objectBytes: object.bytes.length,
      headOffset: object.bytes.length - TRAILER_BYTES - object.head.length,
      headLength: object.head.length,
      head: head.length > ROW_BYTES / 4 ? null : head,
    });
  }
  const bookmark = await catalog.commitSeal({
    appId: key.appId,
    shard: key.shard,
    epoch: plan.epoch,
    part: plan.part,
    segments,
    dictionary,
    labels: labelsOf(content.series, Math.floor(plan.hour / 86400)),
    firstSlot: content.firstSlot,
    lastSlot: content.lastSlot,
    retireAfter: Math.floor(context.now) + RETIRE_SECONDS,
  });
  return { sealed, bookmark };
}

function labelsOf(series: readonly { labels: readonly (readonly [string, string])[] }[], day: number) {
  const seen = new Map<string, { name: string; value: string; day: number }>();
  for (const { labels } of series) {
    for (const [name, value] of labels) seen.set(`${name}\u0000${value}`, { name, value, day });
  }
  return [...seen.values()];
}

/** The vectors of a frozen part, in the order of the segment's series table. */
function readPart(tables: ObjectTables, state: LiveState, plan: SealPlan) {
  const { part, hour } = plan;
  const byRung = new Map<number, ChunkRow[]>();
  for (const rung of RUNGS) {
    if (rung !== HOUR_SECONDS)
      byRung.set(rung, oneRowPerStart([...tables.readChunks(part, rung, hour, hour + HOUR_SECONDS)], state));
  }
  byRung.set(
    HOUR_SECONDS,
    asRows([...mergeChunks(byRung.get(600)!, state, Number.MAX_SAFE_INTEGER)], HOUR_SECONDS, hour),
  );

  const ids = new Set<number>();
  for (const row of byRung.get(HOUR_SECONDS)!)
    for (const entry of readChunkDirectory(row.directory)) ids.add(entry.series);
  const unsorted = [...ids].map((id) => state.series(id));
  const series = seriesOrder(unsorted).map((i) => unsorted[i]!);
  const placeOf = new Map(series.map(({ id }, place) => [id, place]));
  const slots = byRung.get(10)!.map((row) => row.start);

  const byWidth = new Map<number, Map<string, SegmentEntry[]>>();
  for (const [width, rows] of byRung) byWidth.set(width, entriesByType(rows, state, placeOf));
  const entries = (width: number, typeId: string): readonly SegmentEntry[] => byWidth.get(width)?.get(typeId) ?? [];
  return { series, entries, firstSlot: Math.min(...slots), lastSlot: Math.max(...slots) };
}

/** Each type's vectors by start, then place. */
function entriesByType(
  rows: readonly ChunkRow[],
  state: LiveState,
  placeOf: ReadonlyMap<number, number>,
): Map<string, SegmentEntry[]> {
  const byType = new Map<string, SegmentEntry[]>();
  for (const row of rows) {
    const entries = readChunkDirectory(row.directory).sort((a, b) => placeOf.get(a.series)! - placeOf.get(b.series)!);
    for (const { series, uploads, total, at, length } of entries) {
      const { typeId } = state.series(series);
      let list = byType.get(typeId);
      if (list === undefined) {
        list = [];
        byType.set(typeId, list);
      }
      list.push({
        series: placeOf.get(series)!,
        start: row.start,
        uploads,
        total,
        vector: row.vectors.subarray(at, at + length),
      });
    }
  }
  return byType;
}

/** Several chunks of one node, from several folds, become one: a series then has one vector per node. */
function oneRowPerStart(rows: readonly ChunkRow[], state: LiveState): ChunkRow[] {
  const merged: ChunkRow[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at + 1;
    while (end < rows.length && rows[end]!.start === rows[at]!.start) end++;
    const same = rows.slice(at, end);
    const first = same[0]!;
    merged.push(
      ...(same.length === 1
        ? same
        : asRows([...mergeChunks(same, state, Number.MAX_SAFE_INTEGER)], first.rung, first.start)),
    );
    at = end;
  }
  return merged;
}

const asRows = (
  chunks: readonly { directory: Uint8Array; vectors: Uint8Array }[],
  rung: number,
  start: number,
): ChunkRow[] => chunks.map((chunk) => ({ part: 0, rung, start, ...chunk }));
