// Sealing: an hour of chunks becomes two R2 objects (the 10 s rung apart, so that dropping it rewrites
// nothing), a stretch of the dictionary, and their catalog rows. A seal is planned and frozen in one
// transaction; from then on it may be repeated from the start and writes the same bytes.
import { HOUR_SECONDS, LIVE_RUNGS, ROW_BYTES } from "../config.ts";
import { toBase64 } from "../lib/base64.ts";
import { deflate } from "../lib/deflate.ts";
import { encodeDictionary } from "../profile/dictionary-codec.ts";
import { dictionaryKey, type ShardKey, segmentKey } from "../segment/keys.ts";
import { type SealContent, sealContent } from "../segment/seal-content.ts";
import { segmentWriter } from "../segment/segment-writer.ts";
import type { Stretch, StretchPlan } from "../segment/stretch.ts";
import type { CatalogWrites, DictionaryRow, SealCommit, SegmentRow } from "../storage/catalog-writes.ts";
import type { SegmentStore } from "../storage/segment-store.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

/** A stretch of the dictionary that is in R2. */
export interface SealedStretch extends Stretch {
  readonly objectKey: string;
  readonly objectBytes: number;
}

/** What one seal will do: everything that a retry needs to write the same bytes. */
export interface SealPlan {
  readonly part: number;
  readonly hour: number;
  readonly epoch: number;
  /** Stretch to write, or null when the dictionary did not grow. */
  readonly stretch: StretchPlan | null;
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

/** The objects of an hour, by their rungs. */
const OBJECTS = [[10], [60, 600, 3600]] as const;

/** Seconds for which a replaced object stays: no query runs that long. */
const RETIRE_SECONDS = 3600;

/**
 * Writes objects and rows of a frozen part.
 * @returns the stretches now sealed, and D1's bookmark from which on the part is visible
 */
export async function carryOutSeal(
  context: SealContext,
  plan: SealPlan,
): Promise<{ sealed: readonly SealedStretch[]; bookmark: string | null }> {
  const { tables, state, key, catalog } = context;
  const { sealed, dictionary } = await sealDictionary(context, plan);
  const content = readPart(tables, state, plan);
  const segments: SegmentRow[] = [];
  for (const rungs of OBJECTS) segments.push(await sealRungs(context, plan, content, rungs));
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
    now: Math.floor(context.now),
    retireAfter: Math.floor(context.now) + RETIRE_SECONDS,
  });
  return { sealed, bookmark };
}

async function sealDictionary(
  { state, key, store, sealed }: SealContext,
  { stretch, epoch }: SealPlan,
): Promise<{ sealed: readonly SealedStretch[]; dictionary: SealCommit["dictionary"] }> {
  if (stretch === null) return { sealed, dictionary: null };
  const { from, to, replaces } = stretch;
  const bytes = deflate(encodeDictionary(state.dictionary, from, to));
  const objectKey = dictionaryKey(key, epoch, from.nodes, to.nodes);
  await store.put(objectKey, bytes);
  const added: SealedStretch = { from, to, objectKey, objectBytes: bytes.length };
  const kept = sealed.slice(0, sealed.length - replaces);
  const replaced = sealed.slice(sealed.length - replaces);
  return { sealed: [...kept, added], dictionary: { added: rowOf(added), replaces: replaced.map(rowOf) } };
}

const rowOf = ({ from, to, objectKey, objectBytes }: SealedStretch): DictionaryRow => ({
  fromNode: from.nodes,
  toNode: to.nodes,
  objectKey,
  objectBytes,
});

async function sealRungs(
  { key, store }: SealContext,
  { hour, part }: SealPlan,
  content: SealContent,
  rungs: readonly [finest: number, ...wider: number[]],
): Promise<SegmentRow> {
  const [finest] = rungs;
  const writer = segmentWriter(
    content.series,
    hour,
    rungs.map((width) => ({ width, totalsOnly: false })),
  );
  for (const width of rungs) {
    for (const tile of content.tiles) writer.addTile(width, tile, content.entries(width, tile));
  }
  const object = writer.finish();
  const objectKey = segmentKey(key, { width: HOUR_SECONDS, start: hour, finest, part });
  await store.put(objectKey, object.bytes);
  const head = toBase64(object.head);
  return {
    width: HOUR_SECONDS,
    start: hour,
    finest,
    objectKey,
    objectBytes: object.bytes.length,
    headOffset: object.headOffset,
    headLength: object.head.length,
    head: head.length > ROW_BYTES / 4 ? null : head,
  };
}

function labelsOf(series: readonly { labels: readonly (readonly [string, string])[] }[], day: number) {
  const seen = new Map<string, { name: string; value: string; day: number }>();
  for (const { labels } of series) {
    for (const [name, value] of labels) seen.set(`${name}\u0000${value}`, { name, value, day });
  }
  return [...seen.values()];
}

/** The live rungs of a frozen part. */
function readPart(tables: ObjectTables, state: LiveState, { part, hour }: SealPlan) {
  const rungs = new Map(
    LIVE_RUNGS.map((rung) => [rung, [...tables.readChunks(part, rung, hour, hour + HOUR_SECONDS)]]),
  );
  return sealContent(hour, rungs, (id) => state.series(id), state.vectorSum());
}
