// One step of compaction: one window, from one snapshot of the catalog to one commit. Whatever fails before the commit leaves
// the old state, and after it the new one: repeating a step is harmless, because it begins with what the catalog says.
import type { Clock } from "../lib/clock.ts";
import { mergedSegmentKey } from "../segment/keys.ts";
import { type AppIdentity, placeOf } from "../storage/catalog-writes.ts";
import type { MergeCatalog, MergeJob, MergeSnapshot } from "../storage/merge-catalog.ts";
import type { MergeCommit, MergedSegmentRow } from "../storage/merge-commit.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import type { SegmentStore } from "../storage/segment-store.ts";
import { type CompactionDictionaries, newStretch } from "./dictionaries.ts";
import { type MergeBudget, planMerge, type RowPlan } from "./plan-merge.ts";
import { openTools, putAnnounced } from "./step-tools.ts";
import { piecesOf, weave } from "./weave.ts";

export interface MergePorts {
  readonly store: SegmentStore;
  readonly catalog: MergeCatalog;
  readonly dictionaries: CompactionDictionaries;
  readonly clock: Clock;
  /** Text for a key that no other attempt will have. */
  readonly random: () => string;
}

/** What a step did; null: the job was gone. */
export interface StepReport {
  readonly width: number;
  readonly start: number;
  /** Rows that were read, and what their objects hold. */
  readonly sources: number;
  readonly sourceBytes: number;
  readonly objects: number;
  readonly bytes: number;
  readonly dictionaryBytes: number;
}

/** Rows of hours that a step takes in, when they are small and share a dictionary: a backfill may have left hundreds. */
const MOST_HOURS = 96;
/** A head of this many packed bytes weighs as much on the heap as the rest of a row. */
const HEAD_BYTES = 16 * 1024;
/** Nodes of all dictionaries of hours that a step reads: some 60 MB. */
const MOST_NODES = 1_000_000;

export async function mergeStep(
  ports: MergePorts,
  app: AppIdentity,
  job: Pick<MergeJob, "width" | "start">,
  mostHours: number = MOST_HOURS,
): Promise<StepReport | null> {
  const { catalog, clock } = ports;
  const snapshot = await catalog.snapshot(app.appId, job);
  if (snapshot === null) return null;
  const plan = planMerge(snapshot, job, budgetOf(snapshot, mostHours));
  if (plan === null) return null;
  const written = plan.row === null ? NOTHING : await writeRow(ports, app, snapshot, plan.row);
  const now = Math.floor(clock());
  const { settled, next } = plan;
  const commit: MergeCommit = {
    appId: app.appId,
    expected: snapshot.mergeSeq,
    mergeSeq: snapshot.mergeSeq + Math.max(1, written.segments.length),
    epoch: written.epoch,
    segments: written.segments,
    replaces: plan.row?.replaces ?? [],
    dictionary: written.dictionary,
    settled,
    next,
    now,
  };
  await catalog.commit(commit);
  written.committed();
  return {
    width: plan.row?.width ?? job.width,
    start: plan.row?.start ?? job.start,
    sources: written.sources.length,
    sourceBytes: written.sources.reduce((sum, row) => sum + row.objectBytes, 0),
    objects: written.segments.length,
    bytes: written.segments.reduce((sum, row) => sum + row.objectBytes, 0),
    dictionaryBytes: written.dictionary?.added.objectBytes ?? 0,
  };
}

/** What must be on the heap together: heads, and each dictionary once. */
function budgetOf({ stretches }: MergeSnapshot, most: number): MergeBudget<CatalogSegment> {
  const seen = new Set<string>();
  return {
    most,
    costOf({ dictShard, epoch, headLength }) {
      const key = `${dictShard}/${epoch}`;
      const ofDictionary = stretches.filter((row) => !seen.has(key) && row.shard === dictShard && row.epoch === epoch);
      seen.add(key);
      const nodes = Math.max(0, ...ofDictionary.map((row) => row.toNode));
      return 1 + headLength / HEAD_BYTES + (most * nodes) / MOST_NODES;
    },
  };
}

interface Written {
  readonly epoch: number;
  readonly sources: readonly CatalogSegment[];
  readonly segments: readonly MergedSegmentRow[];
  readonly dictionary: MergeCommit["dictionary"];
  /** To be called once the catalog has it. */
  committed(): void;
}

const NOTHING: Written = { epoch: 0, sources: [], segments: [], dictionary: null, committed: () => undefined };

async function writeRow(
  ports: MergePorts,
  app: AppIdentity,
  snapshot: MergeSnapshot,
  row: RowPlan<CatalogSegment>,
): Promise<Written> {
  const { dictionaries } = ports;
  const merged = await dictionaries.merged(snapshot.stretches, snapshot.mergeSeq + 1);
  const sources = [...new Set([...row.nodes.flatMap(({ from }) => from), ...row.totals.from].map((one) => one.row))];
  const tools = await openTools(ports, app, sources, { stretches: snapshot.stretches, merged });
  const segments: MergedSegmentRow[] = [];
  for (const piece of piecesOf(tools, row)) {
    const object = await weave(tools, row, piece);
    if (object === null) continue;
    const { width, start, finest, covers } = row;
    const objectKey = mergedSegmentKey(app, { width, start, random: ports.random() });
    await putAnnounced(ports, objectKey, object.bytes);
    const part = snapshot.mergeSeq + 1 + segments.length;
    segments.push({ width, start, finest, part, covers, ...placeOf(objectKey, object) });
  }
  const stretch = newStretch(app, merged, ports.random());
  if (stretch !== null) await putAnnounced(ports, stretch.added.objectKey, stretch.bytes);
  return {
    epoch: merged.epoch,
    sources,
    segments,
    dictionary: stretch,
    committed: () => dictionaries.committed(merged, stretch),
  };
}
