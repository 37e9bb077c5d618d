// What an isolate forgets of its caches: an app that was deleted from, and whatever nobody has used for a while.
import { DICTIONARY_CACHE } from "./dictionaries.ts";
import { SEGMENT_CACHES } from "./segment-caches.ts";

/** Other isolates than the one that deletes hear nothing of it: after this time unused they hold nothing any more. */
const UNUSED_SECONDS = 600;

const segmentCaches = [SEGMENT_CACHES.heads, SEGMENT_CACHES.directories, SEGMENT_CACHES.blocks];

/** Keys: `t/<tenant id>/a/<app id>/…` of objects, `<tenant>/<app id>/<shard>/<epoch>` of dictionaries. */
export function forgetApp(appId: number): void {
  const app = String(appId);
  for (const cache of segmentCaches) cache.drop((key: string) => key.split("/", 4)[3] === app);
  DICTIONARY_CACHE.drop((key) => key.split("/").at(-3) === app);
}

/** @param now unix seconds */
export function tidyCaches(now: number): void {
  for (const cache of [...segmentCaches, DICTIONARY_CACHE]) cache.tidy(now, UNUSED_SECONDS);
}
