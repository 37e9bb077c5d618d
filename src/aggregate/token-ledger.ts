// A tenant's token buckets: the one place that hands tokens out (decision 0019). Pure: the clock comes with each call.
//
// Objects ask for tokens ahead, some at once, and spend them by themselves. What is handed out is never more than the buckets
// hold. While several objects want more than there is, each gets its share of it.

/** Of each kind: bytes, profiles. */
export type Tokens = readonly [bytes: number, profiles: number];

/** Of each kind: what is refilled in a second, and the most a bucket holds. Infinity: no limit. */
export interface Rates {
  readonly perSecond: Tokens;
  readonly burst: Tokens;
}

export interface TokenLedger {
  /** @returns what is handed out, of each kind at most what was asked for */
  take(asker: string, wanted: Tokens, rates: Rates, now: number): Tokens;
}

/** Who asked within this time shares what there is. */
const ASKER_SECONDS = 3;
const MOST_ASKERS = 10_000;

export function tokenLedger(): TokenLedger {
  let filled: { tokens: [number, number]; at: number } | null = null;
  const askers = new Map<string, number>();
  const shareOf = (asker: string, now: number): number => {
    askers.delete(asker);
    askers.set(asker, now);
    // In the order of their last question: the first are the oldest.
    for (const [one, at] of askers) {
      if (at > now - ASKER_SECONDS && askers.size <= MOST_ASKERS) break;
      askers.delete(one);
    }
    return askers.size;
  };
  return {
    take(asker, wanted, { perSecond, burst }, now) {
      const shares = shareOf(asker, now);
      const seconds = filled === null ? 0 : Math.max(0, now - filled.at);
      const before = filled?.tokens ?? burst;
      const tokens = [0, 1].map((kind) =>
        Math.min(burst[kind] ?? 0, (before[kind] ?? 0) + (seconds > 0 ? (perSecond[kind] ?? 0) * seconds : 0)),
      ) as [number, number];
      const given = [0, 1].map((kind) => {
        const there = tokens[kind] ?? 0;
        return Math.max(0, Math.min(wanted[kind] ?? 0, there / shares));
      }) as [number, number];
      filled = {
        tokens: tokens.map((there, kind) =>
          there === Number.POSITIVE_INFINITY ? there : there - (given[kind] ?? 0),
        ) as [number, number],
        at: Math.max(now, filled?.at ?? now),
      };
      return given;
    },
  };
}
