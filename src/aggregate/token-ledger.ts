// A tenant's token buckets: the one place that hands tokens out (decision 0019). Pure: the clock comes with each call.
//
// Objects ask for tokens ahead, some at once, and spend them by themselves. What is handed out is never more than the buckets
// hold. While several objects want more than there is, each gets its share of it.
//
// What is kept outlives the ledger, and never says more than the buckets hold: it is written some tokens too low, and again
// once those are handed out. So a write serves many questions, and a ledger that dies unforeseen loses those few.

/** Of each kind: bytes, profiles. */
export type Tokens = readonly [bytes: number, profiles: number];

/** Of each kind: what is refilled in a second, and the most a bucket holds. Infinity: no limit. */
export interface Rates {
  readonly perSecond: Tokens;
  readonly burst: Tokens;
}

/** What buckets hold at a time (unix seconds). Infinity: no limit. */
export interface Balance {
  readonly tokens: Tokens;
  readonly at: number;
}

export interface BalanceStore {
  /** Null: never kept. The buckets are full. */
  load(): Balance | null;
  save(balance: Balance): void;
}

export interface TokenLedger {
  /** @returns what is handed out, of each kind at most what was asked for; below zero: nothing, and so much is owed */
  take(asker: string, wanted: Tokens, rates: Rates, now: number): Tokens;
  /** @param rest of each kind what was handed out and not spent; below zero: what was spent beyond it */
  putBack(rest: Tokens, rates: Rates, now: number): void;
  /** Nobody asks any more, for now: what is kept is made exact. */
  settle(now: number): void;
}

/** Who asked within this time shares what there is. */
const ASKER_SECONDS = 3;
const MOST_ASKERS = 10_000;
/** What is kept is too low by so much of the rate, or by this part of a burst if that is more. */
const AHEAD_SECONDS = 5;
const AHEAD_BURST_PART = 1 / 8;

const NO_LIMIT = Number.POSITIVE_INFINITY;
const byKind = (of: (kind: 0 | 1) => number): Tokens => [of(0), of(1)];

export function tokenLedger(store: BalanceStore): TokenLedger {
  const sharesOf = askersSharing();
  /** Null before the first question. */
  let held: Balance | null = null;
  let kept = store.load();
  let lastRates: Rates | null = null;
  const save = (balance: Balance): void => {
    kept = balance;
    store.save(balance);
  };
  const now = (rates: Rates, time: number): Tokens => {
    // The clock may have been set back while nobody was here: a time to come would keep the buckets from filling.
    if (held === null && kept !== null) kept = { ...kept, at: Math.min(kept.at, time) };
    return refilled(held ?? kept, rates, time);
  };
  const hold = (tokens: Tokens, rates: Rates, time: number): void => {
    held = { tokens, at: Math.max(time, held?.at ?? time) };
    lastRates = rates;
    if (isMore(refilled(kept, rates, held.at), tokens)) save({ tokens: lowered(tokens, rates), at: held.at });
  };
  return {
    take(asker, wanted, rates, time) {
      const tokens = now(rates, time);
      const shares = sharesOf(asker, time);
      const given = byKind((kind) => Math.max(0, Math.min(wanted[kind], tokens[kind] / shares)));
      hold(
        byKind((kind) => (tokens[kind] === NO_LIMIT ? NO_LIMIT : tokens[kind] - given[kind])),
        rates,
        time,
      );
      return byKind((kind) => (tokens[kind] < 0 ? tokens[kind] : given[kind]));
    },
    putBack(rest, rates, time) {
      const tokens = now(rates, time);
      hold(
        byKind((kind) => Math.min(rates.burst[kind], tokens[kind] + rest[kind])),
        rates,
        time,
      );
    },
    settle(time) {
      if (held === null || lastRates === null) return;
      // Both are full by then, or the one stays behind the other for ever.
      const soon = time + AHEAD_SECONDS;
      if (!isMore(refilled(held, lastRates, soon), refilled(kept, lastRates, soon))) return;
      held = { tokens: refilled(held, lastRates, time), at: Math.max(time, held.at) };
      save(held);
    },
  };
}

/** Sums of the same seconds in other steps differ by less. */
const ROUNDING = 1 / 1024;
const isMore = (one: Tokens, other: Tokens): boolean => one[0] > other[0] + ROUNDING || one[1] > other[1] + ROUNDING;

/** What is in buckets that held so much before. */
function refilled(before: Balance | null, { perSecond, burst }: Rates, time: number): Tokens {
  if (before === null) return burst;
  const seconds = Math.max(0, time - before.at);
  return byKind((kind) => Math.min(burst[kind], before.tokens[kind] + (seconds > 0 ? perSecond[kind] * seconds : 0)));
}

/** May be below zero, but not where there is plenty: a restart should not keep out who is far from the limit. */
function lowered(tokens: Tokens, { perSecond, burst }: Rates): Tokens {
  return byKind((kind) => {
    const [there, most] = [tokens[kind], burst[kind]];
    if (there === NO_LIMIT) return there;
    const ahead = Math.max(perSecond[kind] * AHEAD_SECONDS, most * AHEAD_BURST_PART);
    return there > most / 2 ? Math.max(0, there - ahead) : there - ahead;
  });
}

/** @returns says of each who asks how many share what there is */
function askersSharing(): (asker: string, now: number) => number {
  const askers = new Map<string, number>();
  return (asker, now) => {
    askers.delete(asker);
    askers.set(asker, now);
    // In the order of their last question: the first are the oldest.
    for (const [one, at] of askers) {
      if (at > now - ASKER_SECONDS && askers.size <= MOST_ASKERS) break;
      askers.delete(one);
    }
    return askers.size;
  };
}
