// What a step that writes merged segments has at hand, whether it merges or rewrites.
import type { SeriesIdentity } from "../segment/segment-writer.ts";
import { VectorSum } from "../segment/vector-sum.ts";
import type { AppIdentity } from "../storage/catalog-writes.ts";
import type { CatalogSegment, CatalogStretch } from "../storage/plan-reads.ts";
import { segmentCaches, segmentReads } from "../storage/segment-reads.ts";
import type { MergedDictionary } from "./dictionaries.ts";
import type { MergePorts } from "./merge-step.ts";
import { joinSources, type OpenedSegment, openDictionaries, openSegments } from "./sources.ts";
import type { WeaveTools } from "./weave.ts";

/** Of an object's 128 MB, for one step. */
const STEP_CACHES = { heads: 12 * 1024 * 1024, directories: 6 * 1024 * 1024, blocks: 6 * 1024 * 1024 };

type Keeps = (series: SeriesIdentity, row: CatalogSegment) => boolean;

/**
 * Opens the rows that a step reads.
 * @param keeperOf says which series of each row are wanted, once their heads are known; absent: all
 */
export async function openTools(
  { store, catalog, dictionaries }: MergePorts,
  app: AppIdentity,
  rows: readonly CatalogSegment[],
  { stretches, merged }: { stretches: readonly CatalogStretch[]; merged: MergedDictionary },
  keeperOf?: (tools: Pick<WeaveTools, "reads">, opened: readonly OpenedSegment[]) => Promise<Keeps>,
): Promise<WeaveTools> {
  const reads = segmentReads(store, segmentCaches(STEP_CACHES));
  const opened = await openSegments(reads, rows, await catalog.heads(app.appId, rows));
  const dictionaryOf = await openDictionaries(dictionaries, rows, stretches);
  const keeps = await keeperOf?.({ reads }, opened);
  const sources = joinSources(opened, dictionaryOf, merged.dictionary, keeps);
  return { reads, sources, sum: new VectorSum(merged.dictionary.nodes.count + 1024) };
}

/** Puts an object that stands among the retired until a commit names it: a crash leaves none behind. */
export async function putAnnounced(
  { catalog, clock, store }: MergePorts,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await catalog.announce([key], Math.floor(clock()));
  await store.put(key, bytes);
}
