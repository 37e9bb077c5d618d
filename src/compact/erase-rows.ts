// Rewrites an app's segments without what a deletion means, a few rows to a commit, into a dictionary of its own: what only
// the deleted data had is then named nowhere. Runs where merging runs, one act at a time.

import { SPAN_CLASS } from "../config.ts";
import { mergedSegmentKey } from "../segment/keys.ts";
import { type SeriesIdentity, seriesKey } from "../segment/segment-writer.ts";
import { type AppIdentity, placeOf, placeOfSpans, type SegmentRow } from "../storage/catalog-writes.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import {
  commitRewrite,
  type RewriteScope,
  type RewriteSnapshot,
  type RewrittenRow,
  readRewrite,
} from "../storage/rewrite-catalog.ts";
import type { SegmentReads } from "../storage/segment-reads.ts";
import { type MergedDictionary, newStretch } from "./dictionaries.ts";
import type { MergePorts } from "./merge-step.ts";
import { planRewrite, type RewritePlan } from "./plan-rewrite.ts";
import type { OpenedSegment } from "./sources.ts";
import { openTools, putAnnounced } from "./step-tools.ts";
import { piecesOf, weave } from "./weave.ts";

export interface Erasure extends RewriteScope {
  /** Null: every series. */
  readonly means: ((series: SeriesIdentity) => boolean) | null;
}

/** Rows of one commit, and packed bytes after which no further row joins it. */
const ROWS_PER_COMMIT = 16;
const BYTES_PER_COMMIT = 16 * 1024 * 1024;

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
  const rows = plan.sources.map(({ row }) => row);
  const tools = await openTools(ports, app, rows, { stretches: snapshot.stretches, merged }, ({ reads }, opened) =>
    keeperOf(reads, erasure, plan, opened),
  );
  const written: SegmentRow[] = [];
  const pieces = piecesOf(tools, plan);
  // An hour's row is one object: a seal takes no more at once than a piece may be.
  const [first] = pieces;
  const runs = old.covers === null && first !== undefined ? [{ from: 0, until: tools.sources.series.length }] : pieces;
  for (const piece of runs) {
    const object = await weave(tools, plan, piece);
    if (object === null) continue;
    const { width, start, finest } = old;
    const objectKey = mergedSegmentKey(app, { width, start, random: ports.random() });
    await putAnnounced(ports, objectKey, object.bytes);
    const place = finest === SPAN_CLASS ? placeOfSpans(objectKey, object) : placeOf(objectKey, object);
    written.push({ width, start, finest, ...place });
  }
  return written;
}

/** Of an erased row the series that are meant and have something left, of the others those that are not meant. */
async function keeperOf(
  reads: SegmentReads,
  { means }: Erasure,
  plan: RewritePlan,
  opened: readonly OpenedSegment[],
): Promise<(series: SeriesIdentity, row: CatalogSegment) => boolean> {
  const erased = new Set(plan.sources.filter(({ isErased }) => isErased).map(({ row }) => row));
  const left = await seriesLeft(reads, plan, erased, opened);
  return (series, row) =>
    erased.has(row) ? (means === null || means(series)) && left.has(seriesKey(series)) : means?.(series) !== true;
}

/** Series that have something outside the range: the others must not be listed in the new head. */
async function seriesLeft(
  reads: SegmentReads,
  plan: RewritePlan,
  erased: ReadonlySet<CatalogSegment>,
  opened: readonly OpenedSegment[],
): Promise<Set<string>> {
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
      for await (const found of reads.totals(segment, head, width, starts, wanted))
        for (const one of found) left.add(seriesKey(one));
    }
  }
  return left;
}
