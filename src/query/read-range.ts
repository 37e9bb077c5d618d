// Reads one app over a range: a picture of what is live and what is sealed, the fewest nodes that cover the range, their sum.

import { QUESTION, SPANS } from "../config.ts";
import { AppError, corrupt, invalidArgument } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { applyDictionary } from "../profile/dictionary-codec.ts";
import { compileMatchers } from "../profile/matcher.ts";
import { compileSpans, spanOfLabels } from "../profile/spans.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import type { SegmentHead } from "../segment/segment-format.ts";
import {
  everySeries,
  heaviestSeries,
  type SeriesCollector,
  seriesCollector,
  someLabels,
  wholeSeries,
} from "../segment/series-collector.ts";
import { addVector } from "../segment/vector.ts";
import type { CatalogApp } from "../storage/catalog-reads.ts";
import type { CatalogSegment, CatalogStretch } from "../storage/plan-reads.ts";
import { type SegmentReads, segmentReads } from "../storage/segment-reads.ts";
import { knownDictionary, noteGrowth, readStretches } from "./dictionaries.ts";
import { type LiveShard, type LiveWish, type Picture, takePicture } from "./live-shards.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange, type NodesOfRow, needOf, planNodes } from "./range-plan.ts";
import { SEGMENT_CACHES } from "./segment-caches.ts";

/** Segments read at once: each is a request or two, of the six that may be open. */
const READS_AT_ONCE = 5;

/** Between two reads of the catalog: the same question, asked again, is answered. */
const retentionMoved = new AppError("unavailable", "retention has just dropped what the range began with; ask again", {
  retryAfterSeconds: 1,
});

export type RangeQuery = LiveWish;

export interface RangeAnswer {
  /** One per dictionary that had something: self values by node id. */
  readonly parts: readonly { readonly dictionary: StackDictionary; readonly sums: WideSums }[];
  /** Uploads in the tree. */
  readonly uploads: number;
  /** One item per series and place it was found in; the same series may come several times. */
  readonly series: readonly SeriesSums[];
  /** Newest slot that any shard of the app has, whatever the range; null for none. */
  readonly lastSlot: number | null;
  /** What it was read of: live objects, segments, and all dictionaries of the app. */
  readonly sources: {
    readonly live: readonly LiveShard[];
    readonly segments: readonly CatalogSegment[];
    readonly stretches: readonly CatalogStretch[];
  };
}

/** @param query its range must be covered by what is kept: see coveredRange */
export async function readRange(ports: QueryPorts, app: CatalogApp, query: RangeQuery): Promise<RangeAnswer> {
  const picture = await takePicture(ports, app, needOf(query), query);
  const { plan, live, segments } = picture;
  const covered = coveredRange(query, [plan]);
  const isExact = query.spans !== undefined; // kept by slots as long as they are kept
  if (query.tree && !isExact && (covered.from !== query.from || covered.until !== query.until)) throw retentionMoved;
  const nodes = planNodes(segments, query);
  if (isExact) requireFewSpanObjects(ports, nodes.length);
  const [trees, heads] = await Promise.all([
    dictionariesFor(ports, app, query, picture, nodes),
    headsFor(
      ports,
      app,
      nodes.map(({ row }) => row),
    ),
  ]);
  const collector = collectorOf(ports, query);
  let uploads = 0;
  for (const { answer, shard } of live) {
    collector.add(answer.series);
    if (answer.tree === null) continue;
    uploads += answer.tree.uploads;
    const { vector, totalLow, totalHigh } = answer.tree;
    const { sums } = treeOf(trees, shard, answer.epoch);
    addVector(vector, 0, vector.length, { lo: totalLow, hi: totalHigh }, sums);
  }
  const reads = segmentReads(ports.store, SEGMENT_CACHES);
  const added = await concurrently(nodes, READS_AT_ONCE, (planned) =>
    addSegment(reads, app, query, planned, heads.get(planned.row.objectKey) ?? null, trees, collector),
  );
  uploads += added.reduce((sum, count) => sum + count, 0);
  const lastSlots = [...plan.shards.map((row) => row.lastSlot), ...live.map(({ answer }) => answer.lastSlot)];
  const lastSlot = lastSlots.reduce<number | null>((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null);
  const sources = { live, segments: nodes.map(({ row }) => row), stretches: plan.stretches };
  const series = collector.finish();
  ports.taken.sums += series.reduce((sum, { start }) => sum + start.length, 0);
  return { parts: [...trees.values()], uploads, series, lastSlot, sources };
}

/** Which object has a span only its head says. @throws AppError invalid_argument */
function requireFewSpanObjects({ taken }: QueryPorts, more: number): void {
  const allowed = QUESTION.spanObjects;
  taken.spanObjects += more;
  if (taken.spanObjects <= allowed) return;
  throw invalidArgument(
    `spans: ${taken.spanObjects} objects or more would have to be read, at most ${allowed} are: ask with the request's own time, or for fewer services`,
    { limit: "spanObjects", actual: taken.spanObjects, allowed },
  );
}

/** Of several apps those that come later have what the first have left. */
function collectorOf({ taken }: QueryPorts, { timeline, spans, areWhole }: RangeQuery): SeriesCollector {
  if (spans !== undefined) return heaviestSeries(SPANS.listed);
  if (areWhole) return everySeries();
  const left = Math.max(0, QUESTION.sumsTogether - taken.sums);
  return timeline?.rung === 0
    ? seriesCollector(wholeSeries, left)
    : seriesCollector(someLabels(timeline?.keep ?? []), left, QUESTION.sumsTogether);
}

type Trees = Map<string, { dictionary: StackDictionary; sums: WideSums }>;

/** A dictionary, complete as far as this query needs it, and empty sums for each (owner, epoch). */
async function dictionariesFor(
  ports: QueryPorts,
  app: CatalogApp,
  query: RangeQuery,
  { plan, live }: Picture,
  nodes: readonly NodesOfRow[],
): Promise<Trees> {
  const trees: Trees = new Map();
  if (!query.tree) return trees;
  const places = new Map<string, { shard: number; epoch: number }>();
  for (const { shard, answer } of live) places.set(`${shard}/${answer.epoch}`, { shard, epoch: answer.epoch });
  for (const { row, stacks } of nodes) {
    if (stacks.size > 0) places.set(`${row.dictShard}/${row.epoch}`, { shard: row.dictShard, epoch: row.epoch });
  }
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

/** Heads that no cache has, by object key. */
async function headsFor(
  ports: QueryPorts,
  app: CatalogApp,
  rows: readonly CatalogSegment[],
): Promise<Map<string, string | null>> {
  const missing = rows.filter((row) => SEGMENT_CACHES.heads.get(row.objectKey) === undefined);
  return missing.length === 0 ? new Map() : ports.catalog.heads(app.appId, missing);
}

/** @returns uploads added to the tree */
async function addSegment(
  reads: SegmentReads,
  app: CatalogApp,
  query: RangeQuery,
  { row, stacks, sums }: NodesOfRow,
  headText: string | null,
  trees: Trees,
  series: SeriesCollector,
): Promise<number> {
  const segment = { ...row, head: headText };
  const head = await reads.head(segment);
  const wanted = wantedSeries(head, app.service, query);
  if (!wanted.includes(1)) return 0;
  let uploads = 0;
  for (const [width, starts] of stacks) {
    const tree = treeOf(trees, row.dictShard, row.epoch);
    await reads.nodes(segment, head, width, new Set(starts), wanted, (entry) => {
      const total = { lo: entry.totalLow, hi: entry.totalHigh };
      addVector(entry.bytes, entry.at, entry.end, total, tree.sums);
      uploads += entry.uploads;
    });
  }
  const { timeline } = query;
  const startOf = (start: number) => (timeline?.rung === 0 ? timeline.from : start);
  // Rung 0 lists series; steps tell apart only what they are grouped by.
  const areMerged = timeline?.rung !== 0 && timeline?.keep.length === 0 && query.spans === undefined;
  const totals = areMerged ? reads.mergedTotals : reads.totals;
  for (const [width, starts] of timeline === null ? [] : sums) {
    for await (const found of totals(segment, head, width, new Set(starts), wanted, startOf)) series.add(found);
  }
  return uploads;
}

function wantedSeries(head: SegmentHead, service: string, { typeId, matchers, spans }: RangeQuery): Uint8Array {
  const accepts = compileMatchers(matchers);
  const isChosen = spans === undefined ? null : compileSpans(spans);
  return Uint8Array.from(head.series, ({ type, labels }) => {
    if ((typeId !== null && head.types[type] !== typeId) || !accepts(labels, service)) return 0;
    return isChosen === null || isChosen(spanOfLabels(labels)) ? 1 : 0;
  });
}
