// Reads one app over a range: plan the fewest nodes, ask the live shards, add up.
//
// Seen exactly once: the live answer says which parts it no longer holds (sealedThrough), and only
// those are read from segments. When the catalog read before the answer lacks one of them, it is read
// again, at least as new as the bookmark that the object gives.
import type { LiveAnswer, TimelineRange } from "../aggregate/live-protocol.ts";
import { HOUR_SECONDS, RUNGS } from "../config.ts";
import { AppError, corrupt } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { applyDictionary } from "../profile/dictionary-codec.ts";
import { compileMatchers, type Matcher } from "../profile/matcher.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { coverRange, floorTo } from "../segment/ladder.ts";
import { addChosen, chooseEntries, type SeriesSums, sumsBySeries } from "../segment/rung-read.ts";
import type { SegmentHead } from "../segment/segment-format.ts";
import { addVector } from "../segment/vector.ts";
import type { CatalogApp, CatalogPlan, CatalogSegment } from "../storage/catalog-reads.ts";
import { knownDictionary, noteGrowth, readStretches } from "./dictionaries.ts";
import type { QueryPorts } from "./ports.ts";
import { readBlocks, rungDirectory, segmentHead } from "./segment-access.ts";

/** Segments read at once: each is a request or two, of the six that may be open. */
const READS_AT_ONCE = 5;

export interface RangeQuery {
  /** Unix seconds, multiples of 10. */
  readonly from: number;
  readonly until: number;
  /** Null: every type. */
  readonly typeId: string | null;
  readonly matchers: readonly Matcher[];
  readonly tree: boolean;
  readonly timeline: TimelineRange | null;
}

export interface RangeAnswer {
  /** One per dictionary that had something: self values by node id. */
  readonly parts: readonly { readonly dictionary: StackDictionary; readonly sums: WideSums }[];
  /** Uploads in the tree. */
  readonly uploads: number;
  /** One item per series and place it was found in; the same series may come several times. */
  readonly series: readonly SeriesSums[];
  /** Newest slot that any shard of the app has, whatever the range; null for none. */
  readonly lastSlot: number | null;
}

export async function readRange(ports: QueryPorts, app: CatalogApp, query: RangeQuery): Promise<RangeAnswer> {
  const fine = fineHours(query);
  const span = spanOf(query);
  let plan = await ports.catalog.plan(app.appId, span, fine, null);
  const live = await Promise.all(
    plan.shards.filter((shard) => shard.live).map(({ shard }) => askLive(ports, app, shard, query, plan)),
  );
  const newer = live.find(({ shard, answer }) => {
    const known = plan.shards.find((row) => row.shard === shard);
    return answer.sealedThrough > (known?.lastPart ?? 0);
  });
  if (newer !== undefined) plan = await ports.catalog.plan(app.appId, span, fine, newer.answer.bookmark);
  for (const { shard, answer } of live) {
    const known = plan.shards.find((row) => row.shard === shard);
    if (answer.sealedThrough > (known?.lastPart ?? 0)) {
      throw new AppError("unavailable", "the catalog is behind the app's object; try again", { retryAfterSeconds: 1 });
    }
  }
  const sealedThrough = new Map(live.map(({ shard, answer }) => [shard, answer.sealedThrough]));
  const segments = plan.segments.filter(
    (row) => row.part <= (sealedThrough.get(row.shard) ?? Number.POSITIVE_INFINITY),
  );

  const trees = await dictionariesFor(ports, app, query, plan, segments, live);
  const series: SeriesSums[] = [];
  let uploads = 0;
  for (const { answer, shard } of live) {
    series.push(...answer.series);
    if (answer.tree === null) continue;
    uploads += answer.tree.uploads;
    const { vector, totalLow, totalHigh } = answer.tree;
    const { sums } = treeOf(trees, shard, answer.epoch);
    addVector(vector, 0, vector.length, { lo: totalLow, hi: totalHigh }, sums);
  }
  const added = await concurrently(segments, READS_AT_ONCE, (segment) =>
    addSegment(ports, app, query, segment, trees, series),
  );
  uploads += added.reduce((sum, count) => sum + count, 0);
  const lastSlots = [...plan.shards.map((row) => row.lastSlot), ...live.map(({ answer }) => answer.lastSlot)];
  const lastSlot = lastSlots.reduce<number | null>((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null);
  return { parts: [...trees.values()], uploads, series, lastSlot };
}

/** Tree and timeline may cover different ranges; one plan serves both. */
function spanOf({ from, until, tree, timeline }: RangeQuery): { from: number; until: number } {
  if (timeline === null) return { from, until };
  if (!tree) return timeline;
  return { from: Math.min(from, timeline.from), until: Math.max(until, timeline.until) };
}

/** Hours whose 10 s nodes are needed: those that an edge cuts off a minute, or all for a fine timeline. */
function fineHours({ from, until, tree, timeline }: RangeQuery): number[] | null {
  const ranges = [...(tree ? [{ from, until }] : []), ...(timeline?.rung === 0 ? [timeline] : [])];
  if (timeline !== null && timeline.rung !== 0 && timeline.rung < 60) return null;
  return ranges.flatMap((range) => [
    ...(range.from % 60 === 0 ? [] : [floorTo(HOUR_SECONDS, range.from)]),
    ...(range.until % 60 === 0 ? [] : [floorTo(HOUR_SECONDS, range.until)]),
  ]);
}

interface LiveShard {
  /** What the answer goes on from: held, because the cache may drop it in the meantime. */
  readonly held: { readonly epoch: number; readonly dictionary: StackDictionary } | null;
  readonly shard: number;
  readonly answer: LiveAnswer;
}

async function askLive(
  ports: QueryPorts,
  app: CatalogApp,
  shard: number,
  query: RangeQuery,
  plan: CatalogPlan,
): Promise<LiveShard> {
  const { from, until, typeId, matchers, tree, timeline } = query;
  let held: LiveShard["held"] = null;
  if (tree) {
    // What is sealed is read from R2, where it is cached; the object then gives only what is newer.
    const stretches = plan.stretches.filter((row) => row.shard === shard);
    const epoch = stretches.reduce((newest, row) => Math.max(newest, row.epoch), 1);
    const dictionary = knownDictionary(ports.tenant, app.appId, shard, epoch);
    await readStretches(
      ports,
      dictionary,
      stretches.filter((row) => row.epoch === epoch),
    );
    held = { epoch, dictionary };
  }
  const known = held === null ? null : { epoch: held.epoch, size: held.dictionary.size };
  const answer = await ports.readLive(app.service, shard, { from, until, typeId, matchers, tree, timeline, known });
  return { shard, answer, held };
}

type Trees = Map<string, { dictionary: StackDictionary; sums: WideSums }>;

/** A dictionary, complete as far as this query needs it, and empty sums for each (shard, epoch). */
async function dictionariesFor(
  ports: QueryPorts,
  app: CatalogApp,
  query: RangeQuery,
  plan: CatalogPlan,
  segments: readonly CatalogSegment[],
  live: readonly LiveShard[],
): Promise<Trees> {
  const trees: Trees = new Map();
  if (!query.tree) return trees;
  const places = new Map<string, { shard: number; epoch: number }>();
  for (const { shard, answer } of live) places.set(`${shard}/${answer.epoch}`, { shard, epoch: answer.epoch });
  for (const { shard, epoch } of segments) places.set(`${shard}/${epoch}`, { shard, epoch });
  for (const [key, { shard, epoch }] of places) {
    const one = live.find((each) => each.shard === shard && each.answer.epoch === epoch);
    const held = one?.held?.epoch === epoch ? one.held.dictionary : null;
    const dictionary = held ?? knownDictionary(ports.tenant, app.appId, shard, epoch);
    const bytes = one?.answer.dictionary;
    if (bytes) applyDictionary(dictionary, bytes);
    else {
      const stretches = plan.stretches.filter((row) => row.shard === shard && row.epoch === epoch);
      await readStretches(ports, dictionary, stretches);
    }
    noteGrowth(ports.tenant, app.appId, shard, epoch, dictionary);
    trees.set(key, { dictionary, sums: new WideSums(dictionary.nodes.count) });
  }
  return trees;
}

function treeOf(trees: Trees, shard: number, epoch: number): { dictionary: StackDictionary; sums: WideSums } {
  const tree = trees.get(`${shard}/${epoch}`);
  if (tree === undefined) throw corrupt(`no dictionary for shard ${shard}, epoch ${epoch}`);
  return tree;
}

/** @returns uploads added to the tree */
async function addSegment(
  ports: QueryPorts,
  app: CatalogApp,
  query: RangeQuery,
  segment: CatalogSegment,
  trees: Trees,
  series: SeriesSums[],
): Promise<number> {
  const head = await segmentHead(ports.store, segment);
  const wanted = wantedSeries(head, app.service, query);
  if (!wanted.includes(1)) return 0;
  const rungs = head.rungs.map((rung) => rung.width);
  let uploads = 0;
  for (const [width, starts] of query.tree ? nodesIn(segment, query, rungs) : []) {
    const directory = await rungDirectory(ports.store, segment, head, width);
    const { sums } = treeOf(trees, segment.shard, segment.epoch);
    const chosen = chooseEntries(directory, wanted, starts);
    const bytesOf = await readBlocks(ports.store, segment, directory, chosen.blocks);
    uploads += addChosen(directory, chosen, bytesOf, sums);
  }
  if (query.timeline !== null) {
    for (const [width, starts] of timelineNodesIn(segment, query.timeline, rungs)) {
      const directory = await rungDirectory(ports.store, segment, head, width);
      const { rung, from } = query.timeline;
      const chosen = chooseEntries(directory, wanted, starts);
      series.push(...sumsBySeries(head, directory, chosen, (start) => (rung === 0 ? from : start)));
    }
  }
  return uploads;
}

function wantedSeries(head: SegmentHead, service: string, { typeId, matchers }: RangeQuery): Uint8Array {
  const accepts = compileMatchers(matchers);
  return Uint8Array.from(head.series, ({ type, labels }) =>
    (typeId === null || head.types[type] === typeId) && accepts(labels, service) ? 1 : 0,
  );
}

/** Width → starts of the nodes of this object that the range takes. Each object holds some of the rungs. */
function nodesIn(
  segment: CatalogSegment,
  range: { from: number; until: number },
  rungs: readonly number[],
): Map<number, Set<number>> {
  const from = Math.max(range.from, segment.start);
  const until = Math.min(range.until, segment.start + segment.width);
  const nodes = new Map<number, Set<number>>();
  if (from >= until) return nodes;
  for (const { width, start } of coverRange(from, until, RUNGS)) {
    if (!rungs.includes(width)) continue;
    const starts = nodes.get(width);
    if (starts === undefined) nodes.set(width, new Set([start]));
    else starts.add(start);
  }
  return nodes;
}

function timelineNodesIn(
  segment: CatalogSegment,
  { from, until, rung }: TimelineRange,
  rungs: readonly number[],
): Map<number, Set<number>> {
  if (rung === 0) return nodesIn(segment, { from, until }, rungs);
  if (!rungs.includes(rung)) return new Map();
  const starts = new Set<number>();
  const end = Math.min(until, segment.start + segment.width);
  for (let start = Math.max(from, segment.start); start < end; start += rung) starts.add(start);
  return new Map([[rung, starts]]);
}
