// Sealing: each hour of chunks becomes two R2 objects (the 10 s rung apart, so that dropping it rewrites
// nothing); hours that go together share a stretch of the dictionary and one commit to the catalog. A seal
// is planned and frozen in one transaction; from then on it may be repeated from the start and writes the same bytes.
import { DAY_SECONDS, HOUR_SECONDS, LIVE_RUNGS, RETIRE_SECONDS, SPAN_CLASS } from "../config.ts";
import { concurrently } from "../lib/concurrently.ts";
import { deflate } from "../lib/deflate.ts";
import { encodeDictionary } from "../profile/dictionary-codec.ts";
import { dictionaryKey, type ShardKey, segmentKey } from "../segment/keys.ts";
import { type SealContent, sealContent } from "../segment/seal-content.ts";
import { segmentWriter } from "../segment/segment-writer.ts";
import { spanSegment } from "../segment/span-content.ts";
import type { Stretch, StretchPlan } from "../segment/stretch.ts";
import {
  type CatalogWrites,
  type DictionaryRow,
  type PartRow,
  placeOf,
  placeOfSpans,
  type SealCommit,
  type SealedLabel,
} from "../storage/catalog-writes.ts";
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
  /** Parts are consecutive. */
  readonly parts: readonly SealedHour[];
  readonly epoch: number;
  /** Stretch to write, or null when the dictionary did not grow. */
  readonly stretch: StretchPlan | null;
}

export interface SealedHour {
  readonly part: number;
  /** Unix seconds. */
  readonly hour: number;
}

/** A plan as an older release froze it. */
export type OneHourPlan = SealedHour & Omit<SealPlan, "parts">;

export const withParts = (plan: SealPlan | OneHourPlan): SealPlan =>
  "parts" in plan ? plan : { ...plan, parts: [{ part: plan.part, hour: plan.hour }] };

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

/** Of six operations that an object may have under way, four: uploads announce themselves meanwhile. */
const PUTS_AT_ONCE = 4;

/**
 * Writes objects and rows of frozen parts.
 * @returns the stretches now sealed, and D1's bookmark from which on the parts are visible
 */
export async function carryOutSeal(
  context: SealContext,
  plan: SealPlan,
): Promise<{ sealed: readonly SealedStretch[]; bookmark: string | null }> {
  const { tables, state, key, catalog } = context;
  const { sealed, dictionary } = await sealDictionary(context, plan);
  const labels = new Map<string, SealedLabel>();
  let firstSlot = Number.POSITIVE_INFINITY;
  let lastSlot = 0;
  const segments = await concurrently(plan.parts, PUTS_AT_ONCE, async (sealedHour) => {
    const content = readPart(tables, state, sealedHour);
    addLabels(labels, content.series, Math.floor(sealedHour.hour / DAY_SECONDS));
    firstSlot = Math.min(firstSlot, content.firstSlot);
    lastSlot = Math.max(lastSlot, content.lastSlot);
    const rows: PartRow[] = [];
    for (const rungs of OBJECTS) rows.push(await sealRungs(context, sealedHour, content, rungs));
    rows.push(...(await sealSpans(context, sealedHour)));
    return rows;
  });
  const bookmark = await catalog.commitSeal({
    appId: key.appId,
    shard: key.shard,
    epoch: plan.epoch,
    segments: segments.flat(),
    dictionary,
    labels: [...labels.values()],
    firstSlot,
    lastSlot,
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
  { hour, part }: SealedHour,
  content: SealContent,
  rungs: readonly [finest: number, ...wider: number[]],
): Promise<PartRow> {
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
  return { part, width: HOUR_SECONDS, start: hour, finest, ...placeOf(objectKey, object) };
}

/** An object of its own, where the hour has spans. */
async function sealSpans({ tables, state, key, store }: SealContext, { hour, part }: SealedHour): Promise<PartRow[]> {
  const chunks = [...tables.readChunks(part, SPAN_CLASS, hour, hour + HOUR_SECONDS)];
  const object = spanSegment(hour, chunks, (id) => state.series(id), state.vectorSum());
  if (object === null) return [];
  const objectKey = segmentKey(key, { width: HOUR_SECONDS, start: hour, finest: SPAN_CLASS, part });
  await store.put(objectKey, object.bytes);
  return [{ part, width: HOUR_SECONDS, start: hour, finest: SPAN_CLASS, ...placeOfSpans(objectKey, object) }];
}

function addLabels(
  labels: Map<string, SealedLabel>,
  series: readonly { labels: readonly (readonly [string, string])[] }[],
  day: number,
): void {
  for (const one of series) {
    for (const [name, value] of one.labels) {
      const key = `${name}\u0000${value}`;
      const known = labels.get(key);
      const [firstDay, lastDay] = [Math.min(day, known?.firstDay ?? day), Math.max(day, known?.lastDay ?? day)];
      if (known?.firstDay !== firstDay || known.lastDay !== lastDay)
        labels.set(key, { name, value, firstDay, lastDay });
    }
  }
}

/** The live rungs of a frozen part. */
function readPart(tables: ObjectTables, state: LiveState, { part, hour }: SealedHour) {
  const rungs = new Map(
    LIVE_RUNGS.map((rung) => [rung, [...tables.readChunks(part, rung, hour, hour + HOUR_SECONDS)]]),
  );
  return sealContent(hour, rungs, (id) => state.series(id), state.vectorSum());
}
