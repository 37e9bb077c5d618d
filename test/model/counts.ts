// What a program really made the store do, counted at the calls to it.
import { type StorageCall, watchStorage } from "../support/storage-hooks.ts";

export interface Counts {
  seals: number;
  windowMerges: number;
  dayMerges: number;
  fiveDayMerges: number;
  monthMerges: number;
  retentionPasses: number;
  /** Versions of shard maps: objects added, or taken back. */
  spreads: number;
  deletions: number;
  storageCalls: number;
}

const KEYS: readonly (readonly [keyof Counts, RegExp])[] = [
  ["seals", /\/s\/\d+\/3600\/\d+-60-\d+\.seg$/],
  ["windowMerges", /\/m\/21600\//],
  ["dayMerges", /\/m\/86400\//],
  ["fiveDayMerges", /\/m\/432000\//],
  ["monthMerges", /\/m\/2592000\//],
];

export async function countStorage(): Promise<{ counts: Counts; stop(): void }> {
  const counts: Counts = {
    seals: 0,
    windowMerges: 0,
    dayMerges: 0,
    fiveDayMerges: 0,
    monthMerges: 0,
    retentionPasses: 0,
    spreads: 0,
    deletions: 0,
    storageCalls: 0,
  };
  const end = (call: StorageCall, result: unknown) => {
    counts.storageCalls++;
    if (result === undefined) return;
    if (call.store === "bucket" && call.name === "put") {
      for (const [count, pattern] of KEYS) if (pattern.test(call.keys[0] ?? "")) counts[count]++;
    }
    const does = (pattern: RegExp) => call.statements.some(({ text }) => pattern.test(text));
    if (does(/^insert into "shard_maps"/i)) counts.spreads++;
    if (does(/insert into "?deletions"?/i)) counts.deletions++;
    if (does(/SET dropped_10 = max/)) counts.retentionPasses++;
  };
  return { counts, stop: await watchStorage({ end }) };
}
