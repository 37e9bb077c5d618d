// The stack dictionaries an isolate has read. They only grow, so what is cached is never wrong, only
// short; each is brought up to date by the stretches it lacks.

import { byteCache } from "../lib/byte-cache.ts";
import { concurrently } from "../lib/concurrently.ts";
import { applyDictionary } from "../profile/dictionary-codec.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import type { CatalogStretch } from "../storage/plan-reads.ts";
import { readStretch } from "../storage/stretch-reads.ts";
import type { QueryPorts } from "./ports.ts";

/** Of one dictionary: several may be read at once. */
const STRETCHES_AT_ONCE = 2;

/** Of the isolate's 128 MB. */
const CACHE_BYTES = 28 * 1024 * 1024;
/** A node's part in the tree of names (flame/name-tree.ts) that lives as long as its dictionary. */
const NAME_TREE_BYTES = 24;

export const DICTIONARY_CACHE = byteCache<StackDictionary>(CACHE_BYTES);

const cacheKey = (tenant: string, appId: number, shard: number, epoch: number) =>
  `${tenant}/${appId}/${shard}/${epoch}`;

/** The dictionary of an epoch as far as this isolate knows it. */
export function knownDictionary(tenant: string, appId: number, shard: number, epoch: number): StackDictionary {
  const key = cacheKey(tenant, appId, shard, epoch);
  const found = DICTIONARY_CACHE.get(key);
  if (found !== undefined) return found;
  const fresh = new StackDictionary(1024);
  DICTIONARY_CACHE.set(key, fresh, fresh.byteLength);
  return fresh;
}

/** Accounts for what a dictionary has grown to. */
export function noteGrowth(
  tenant: string,
  appId: number,
  shard: number,
  epoch: number,
  dictionary: StackDictionary,
): void {
  const bytes = dictionary.byteLength + dictionary.nodes.count * NAME_TREE_BYTES;
  DICTIONARY_CACHE.set(cacheKey(tenant, appId, shard, epoch), dictionary, bytes);
}

/**
 * Reads the sealed stretches that a dictionary lacks.
 * @param stretches of one shard and epoch, ordered by fromNode
 */
export async function readStretches(
  ports: QueryPorts,
  dictionary: StackDictionary,
  stretches: readonly CatalogStretch[],
): Promise<void> {
  const lacking = stretches.filter((stretch) => stretch.toNode > dictionary.nodes.count);
  const blobs = await concurrently(lacking, STRETCHES_AT_ONCE, (stretch) => readStretch(ports.store, stretch));
  for (const bytes of blobs) applyDictionary(dictionary, bytes);
}
