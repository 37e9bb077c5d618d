// The dictionaries of compaction: those it reads, of shards and of its own older epochs, and the one it writes. All of it is a
// cache of R2: what the heap has is brought up to date by the stretches it lacks.
import { MERGED_SHARD } from "../config.ts";
import { corrupt } from "../lib/app-error.ts";
import { deflate, inflate } from "../lib/deflate.ts";
import { applyDictionary, encodeDictionary, stretchSizes } from "../profile/dictionary-codec.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { mergedDictionaryKey } from "../segment/keys.ts";
import { planStretch, type Stretch } from "../segment/stretch.ts";
import type { AppIdentity } from "../storage/catalog-writes.ts";
import type { CatalogStretch } from "../storage/plan-reads.ts";
import type { SegmentStore } from "../storage/segment-store.ts";
import { MOST_STRETCH_BYTES, readStretch } from "../storage/stretch-reads.ts";

/** Heap for dictionaries that are kept from step to step. */
const CACHE_BYTES = 24 * 1024 * 1024;
/** Where an epoch of the merged dictionary ends: a reader of years must hold it beside everything else. */
const EPOCH_NODES = 500_000;
const EPOCH_BYTES = 24 * 1024 * 1024;

export interface DictionaryRef {
  readonly shard: number;
  readonly epoch: number;
}

interface StoredStretch extends Stretch {
  readonly row: CatalogStretch;
}

/** The dictionary that new merged segments refer to. */
export interface MergedDictionary {
  readonly epoch: number;
  readonly dictionary: StackDictionary;
  /** In the catalog, in order. */
  readonly stretches: readonly StoredStretch[];
}

/** A stretch that is to be put and committed. */
export interface NewStretch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly added: CatalogStretch;
  readonly replaces: readonly CatalogStretch[];
}

export interface CompactionDictionaries {
  /** One to read. @throws AppError corrupt_storage when it is not there */
  read(ref: DictionaryRef, rows: readonly CatalogStretch[]): Promise<StackDictionary>;
  /**
   * The one to write to: the newest epoch, or a new one where that is full.
   * @param next number of a new epoch: one that no other ever had, because readers remember dictionaries by it
   * @param least older epochs are not written to
   */
  merged(rows: readonly CatalogStretch[], next: number, least?: number): Promise<MergedDictionary>;
  /** What is in the catalog from now on. */
  committed(merged: MergedDictionary, stretch: NewStretch | null): void;
  /** After a failure the heap may be ahead of the catalog. */
  forget(): void;
  /** Nothing of what was read stays on the heap. */
  clear(): void;
}

export function compactionDictionaries(store: SegmentStore): CompactionDictionaries {
  /** Oldest use first. */
  const cache = new Map<string, StackDictionary>();
  let current: MergedDictionary | null = null;

  const keep = (key: string, dictionary: StackDictionary) => {
    cache.delete(key);
    cache.set(key, dictionary);
    let bytes = 0;
    for (const [one, { byteLength }] of [...cache].reverse()) {
      bytes += byteLength;
      if (bytes > CACHE_BYTES) cache.delete(one);
    }
  };
  return {
    async read({ shard, epoch }, rows) {
      if (shard === MERGED_SHARD && epoch === current?.epoch) return current.dictionary;
      const key = `${shard}/${epoch}`;
      const dictionary = cache.get(key) ?? new StackDictionary(1024);
      const stretches = rows.filter((row) => row.shard === shard && row.epoch === epoch);
      if (stretches.length === 0) throw corrupt(`dictionary ${key} is missing`);
      for (const row of stretches) {
        if (row.toNode > dictionary.nodes.count) applyDictionary(dictionary, await readStretch(store, row));
      }
      keep(key, dictionary);
      return dictionary;
    },
    async merged(rows, next, least = 0) {
      const own = rows.filter((row) => row.shard === MERGED_SHARD && row.epoch >= least);
      const epoch = Math.max(0, ...own.map((row) => row.epoch));
      const newest = own.filter((row) => row.epoch === epoch);
      if (current === null || !isOf(current, epoch, newest)) current = await loadMerged(store, epoch, newest);
      const { dictionary } = current;
      if (epoch === 0 || dictionary.nodes.count > EPOCH_NODES || dictionary.byteLength > EPOCH_BYTES) {
        if (epoch > 0) keep(`${MERGED_SHARD}/${epoch}`, dictionary);
        current = { epoch: Math.max(next, least, epoch + 1), dictionary: new StackDictionary(1024), stretches: [] };
      }
      return current;
    },
    committed(merged, stretch) {
      if (stretch === null) return;
      const kept = merged.stretches.slice(0, merged.stretches.length - stretch.replaces.length);
      const from = kept.at(-1)?.to;
      const added = { ...stretchSizes(inflate(stretch.bytes, MOST_STRETCH_BYTES)), row: stretch.added };
      if (from !== undefined && from.nodes !== added.from.nodes) throw corrupt("stretches do not follow each other");
      current = { ...merged, stretches: [...kept, added] };
    },
    forget() {
      current = null;
    },
    clear() {
      current = null;
      cache.clear();
    },
  };
}

function isOf({ epoch, stretches }: MergedDictionary, wanted: number, rows: readonly CatalogStretch[]): boolean {
  return (
    epoch === wanted &&
    stretches.length === rows.length &&
    stretches.every(({ row }, i) => row.objectKey === rows[i]?.objectKey)
  );
}

async function loadMerged(
  store: SegmentStore,
  epoch: number,
  rows: readonly CatalogStretch[],
): Promise<MergedDictionary> {
  const dictionary = new StackDictionary(1024);
  const stretches: StoredStretch[] = [];
  for (const row of rows) {
    const bytes = await readStretch(store, row);
    applyDictionary(dictionary, bytes);
    stretches.push({ ...stretchSizes(bytes), row });
  }
  return { epoch, dictionary, stretches };
}

/** What a merged dictionary has and the catalog lacks; null when that is nothing. */
export function newStretch(
  app: AppIdentity,
  { epoch, dictionary, stretches }: MergedDictionary,
  random: string,
): NewStretch | null {
  const plan = planStretch(stretches, dictionary.size);
  if (plan === null) return null;
  const bytes = deflate(encodeDictionary(dictionary, plan.from, plan.to));
  const [fromNode, toNode] = [plan.from.nodes, plan.to.nodes];
  const objectKey = mergedDictionaryKey(app, epoch, { fromNode, toNode, random });
  return {
    bytes,
    added: { shard: MERGED_SHARD, epoch, fromNode, toNode, objectKey, objectBytes: bytes.length },
    replaces: stretches.slice(stretches.length - plan.replaces).map(({ row }) => row),
  };
}
