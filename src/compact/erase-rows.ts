// Rewrites an app's segments without what a deletion means, a few rows to a commit, into a dictionary of its own: what only
// the deleted data had is then named nowhere. Runs where merging runs, one act at a time.

import { ROW_BYTES } from "../config.ts";
import { toBase64 } from "../lib/base64.ts";
import { mergedSegmentKey } from "../segment/keys.ts";
import type { SegmentObject, SeriesIdentity } from "../segment/segment-writer.ts";
import { seriesKey } from "../segment/segment-writer.ts";
import { VectorSum } from "../segment/vector-sum.ts";
import type { AppIdentity, SegmentRow } from "../storage/catalog-writes.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import {
  commitRewrite,
  type RewriteScope,
  type RewriteSnapshot,
  type RewrittenRow,
  readRewrite,
} from "../storage/rewrite-catalog.ts";
import { type SegmentReads, segmentCaches, segmentReads } from "../storage/segment-reads.ts";
import { type MergedDictionary, newStretch } from "./dictionaries.ts";
import type { MergePorts } from "./merge-step.ts";
import { planRewrite, type RewritePlan } from "./plan-rewrite.ts";
import { joinSources, type OpenedSegment, openSegments } from "./sources.ts";
import { piecesOf, type WeaveTools, weave } from "./weave.ts";

export interface Erasure extends RewriteScope {
  /** Null: every series. */
  readonly means: ((series: SeriesIdentity) => boolean) | null;
}

/** Rows of one commit, and packed bytes after which no further row joins it. */
const ROWS_PER_COMMIT = 16;
const BYTES_PER_COMMIT = 16 * 1024 * 1024;
const STEP_CACHES = { heads: 12 * 1024 * 1024, directories: 6 * 1024 * 1024, blocks: 6 * 1024 * 1024 };

/** @returns how many rows were rewritten: 0 when none is left; null when the app is gone */
export async function rewriteSome(
  ports: MergePorts & { readonly database: D1Database },
  app: AppIdentity,
  erasure: Erasure,
): Promise<number | null> {
  const snapshot = await readRewrite(ports.database, app.appId, erasure, ROWS_PER_COMMIT);
  if (snapshot === null) return null;
  if (snapshot.rows.length === 0) return 0;
  const { mergeSeq, stretches } = snapshot;
  const merged = await ports.dictionaries.merged(stretches, mergeSeq + 1, erasure.epoch);
  try {
    return await rewriteRows(ports, app, erasure, snapshot, merged);
  } catch (error) {
    ports.dictionaries.forget(); // it may be ahead of the catalog
    throw error;
  }
}

async function rewriteRows(
  ports: MergePorts & { readonly database: D1Database },
  app: AppIdentity,
  erasure: Erasure,
  snapshot: RewriteSnapshot,
  merged: MergedDictionary,
): Promise<number> {
  const rows: RewrittenRow[] = [];
  let part = snapshot.mergeSeq;
  let bytes = 0;
  for (const old of snapshot.rows) {
    if (rows.length > 0 && bytes + old.objectBytes > BYTES_PER_COMMIT) break;
    const written = await rewriteRow(ports, app, erasure, { snapshot, merged, old });
    // Of a merged window there may be several objects, numbered by the app; an hour keeps its part.
    rows.push({ old, objects: written.map((one) => ({ ...one, part: old.covers === null ? old.part : ++part })) });
    bytes += old.objectBytes;
  }
  const stretch = newStretch(app, merged, ports.random());
  if (stretch !== null) await putAnnounced(ports, stretch.added.objectKey, stretch.bytes);
  await commitRewrite(ports.database, {
    appId: app.appId,
    expected: snapshot.mergeSeq,
    mergeSeq: Math.max(part, snapshot.mergeSeq + 1),
    epoch: merged.epoch,
    rows,
    dictionary: stretch,
    now: Math.floor(ports.clock()),
  });
  ports.dictionaries.committed(merged, stretch);
  return rows.length;
}

interface RewriteContext {
  readonly snapshot: RewriteSnapshot;
  readonly merged: MergedDictionary;
  readonly old: CatalogSegment;
}

async function rewriteRow(
  ports: MergePorts,
  app: AppIdentity,
  erasure: Erasure,
  { snapshot, merged, old }: RewriteContext,
): Promise<SegmentRow[]> {
  const plan = planRewrite(old, snapshot.finer, erasure, erasure.means !== null);
  const tools = await openTools(ports, app, erasure, { snapshot, merged, old }, plan);
  const written: SegmentRow[] = [];
  const pieces = piecesOf(tools, plan);
  // An hour's row is one object: a seal takes no more at once than a piece may be.
  const [first] = pieces;
  const runs = old.covers === null && first !== undefined ? [{ from: 0, until: tools.sources.series.length }] : pieces;
  for (const piece of runs) {
    const object = await weave(tools, plan, piece);
    if (object === null) continue;
    const { width, start } = old;
    const objectKey = mergedSegmentKey(app, { width, start, random: ports.random() });
    await putAnnounced(ports, objectKey, object.bytes);
    written.push(segmentRow(old, objectKey, object));
  }
  return written;
}

async function openTools(
  { store, catalog, dictionaries }: MergePorts,
  app: AppIdentity,
  { means }: Erasure,
  { snapshot, merged }: RewriteContext,
  plan: RewritePlan,
): Promise<WeaveTools> {
  const reads = segmentReads(store, segmentCaches(STEP_CACHES));
  const rows = plan.sources.map(({ row }) => row);
  const opened = await openSegments(reads, rows, await catalog.heads(app.appId, rows));
  const known = new Map<string, Awaited<ReturnType<typeof dictionaries.read>>>();
  const nameOf = (one: CatalogSegment) => `${one.dictShard}/${one.epoch}`;
  for (const one of rows) {
    if (known.has(nameOf(one))) continue;
    const isMerged = one.dictShard === -1 && one.epoch === merged.epoch;
    const ref = { shard: one.dictShard, epoch: one.epoch };
    known.set(nameOf(one), isMerged ? merged.dictionary : await dictionaries.read(ref, snapshot.stretches));
  }
  const erased = new Set(plan.sources.filter(({ isErased }) => isErased).map(({ row }) => row));
  const left = await seriesLeft(reads, plan, opened);
  const keeps = (series: SeriesIdentity, row: CatalogSegment) =>
    erased.has(row) ? (means === null || means(series)) && left.has(seriesKey(series)) : means?.(series) !== true;
  const sources = joinSources(opened, (one) => known.get(nameOf(one)) ?? merged.dictionary, merged.dictionary, keeps);
  return { reads, sources, sum: new VectorSum(merged.dictionary.nodes.count + 1024) };
}

/** Series that have something outside the range: the others must not be listed in the new head. */
async function seriesLeft(
  reads: SegmentReads,
  plan: RewritePlan,
  opened: readonly OpenedSegment[],
): Promise<Set<string>> {
  const erased = new Set(plan.sources.filter(({ isErased }) => isErased).map(({ row }) => row));
  const left = new Set<string>();
  for (const { row, segment, head } of opened) {
    if (!erased.has(row)) continue;
    const startsOf = new Map<number, Set<number>>();
    for (const { from } of plan.nodes) {
      for (const planned of from) {
        if (planned.row !== row) continue;
        for (const [width, list] of planned.nodes) {
          const starts = startsOf.get(width) ?? new Set();
          startsOf.set(width, starts);
          for (const start of list) starts.add(start);
        }
      }
    }
    const wanted = new Uint8Array(head.series.length).fill(1);
    for (const [width, starts] of startsOf) {
      for (const one of await reads.totals(segment, head, width, starts, wanted)) left.add(seriesKey(one));
    }
  }
  return left;
}

/** What is put stands among the retired until a commit names it. */
async function putAnnounced({ catalog, clock, store }: MergePorts, key: string, bytes: Uint8Array<ArrayBuffer>) {
  await catalog.announce([key], Math.floor(clock()));
  await store.put(key, bytes);
}

function segmentRow(
  { width, start, finest }: CatalogSegment,
  objectKey: string,
  { bytes, head, headOffset }: SegmentObject,
): SegmentRow {
  const text = toBase64(head);
  return {
    width,
    start,
    finest,
    objectKey,
    objectBytes: bytes.length,
    headOffset,
    headLength: head.length,
    head: text.length > ROW_BYTES / 4 ? null : text,
  };
}
