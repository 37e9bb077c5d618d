// What an app's object may take in of its tenant's rate: it spends tokens that the tenant's meter handed out, and asks for more
// when it has none (decision 0019). While there is no limit nobody is asked; while there are tokens, neither. An upload is let
// in while any are left, and may cost more than that: the debt is paid before the next. Before the object may sleep, tokens and
// debts go back to the meter.
import { AppError } from "../lib/app-error.ts";
import type { AppendTerms } from "./live-protocol.ts";
import type { Rates, Tokens } from "./token-ledger.ts";

/** Null: it may come in. Else which limit keeps it out, and until when. */
export interface OverRate {
  readonly limit: "ingestBytesPerSecond" | "profilesPerSecond";
  readonly allowed: number;
  /** What is offered to this object, per second. */
  readonly actual: number;
  readonly retryAfterSeconds: number;
}

export interface RateGate {
  admit(cost: Tokens, terms: AppendTerms | undefined): Promise<OverRate | null>;
  /** Nothing comes any more, for now. */
  settle(): Promise<void>;
}

/** Hands out tokens, as a ledger does: TenantMeter, or a ledger in a test. */
export interface Meter {
  take(wanted: Tokens, rates: Rates): Promise<Tokens>;
  putBack(rest: Tokens, rates: Rates): Promise<void>;
}

/** Tokens are asked for so far ahead, by what came in before; and at least this part of a burst. */
const AHEAD_SECONDS = 2;
const BURST_PART = 1 / 16;
/** Who owes more than this part of a burst says so at once: a full bucket does not fill. */
const DEBT_BURST_PART = 1 / 4;
/** Who got less than it wanted asks again after this. It is known so long that the tenant is over its rate. */
export const PAUSE_SECONDS = 0.25;
/** What is offered is measured over no less. */
const LEAST_SPAN_SECONDS = 1;

const NONE = Number.POSITIVE_INFINITY;
const LIMIT_NAMES = ["ingestBytesPerSecond", "profilesPerSecond"] as const;

/** Null when the tenant has no rate limit. */
export function ratesOf(terms: AppendTerms | undefined): Rates | null {
  if (terms === undefined) return null;
  const { ingestBytesPerSecond, profilesPerSecond, ingestBurstBytes, profilesBurst } = terms;
  if (ingestBytesPerSecond === null && profilesPerSecond === null) return null;
  return {
    perSecond: [ingestBytesPerSecond ?? NONE, profilesPerSecond ?? NONE],
    burst: [ingestBytesPerSecond === null ? NONE : ingestBurstBytes, profilesPerSecond === null ? NONE : profilesBurst],
  };
}

export function rateGate(clock: () => number, meter: Meter): RateGate {
  let balance: Tokens = [0, 0];
  /** By the tenant, at the meter, as far as is known here. */
  let owed: Tokens = [0, 0];
  /** Of what was offered since `askedAt`, let in or not. */
  let offered: Tokens = [0, 0];
  let askedAt = clock();
  let nextAskAt = 0;
  let asking: Promise<void> | null = null;
  let lastRates: Rates | null = null;

  const ask = async (cost: Tokens, rates: Rates): Promise<void> => {
    const now = clock();
    const seconds = Math.max(LEAST_SPAN_SECONDS, now - askedAt);
    const wanted = byKind((kind) => {
      const burst = rates.burst[kind];
      if (burst === NONE) return 0;
      const ahead = Math.max((offered[kind] / seconds) * AHEAD_SECONDS, burst * BURST_PART, cost[kind]);
      return Math.max(0, ahead - balance[kind]);
    });
    askedAt = now;
    offered = [0, 0];
    // A meter that is silent is no reason to refuse: what was wanted is taken for given.
    const given = await meter.take(wanted, rates).catch(() => wanted);
    const got = byKind((kind) => Math.max(0, given[kind]));
    owed = byKind((kind) => Math.max(0, -given[kind]));
    balance = byKind((kind) => balance[kind] + got[kind]);
    const isShort = got.some((tokens, kind) => tokens < (wanted[kind] ?? 0));
    nextAskAt = isShort ? now + PAUSE_SECONDS : now;
  };

  const settle = async (): Promise<void> => {
    const rest = balance;
    if (lastRates === null || (rest[0] === 0 && rest[1] === 0)) return;
    balance = [0, 0];
    owed = byKind((kind) => owed[kind] + Math.max(0, -rest[kind]));
    await meter.putBack(rest, lastRates).catch(() => {
      balance = byKind((kind) => balance[kind] + Math.min(0, rest[kind]));
    });
  };

  const lacking = (rates: Rates): number => balance.findIndex((left, kind) => left <= 0 && rates.burst[kind] !== NONE);

  return {
    settle,
    async admit(cost, terms) {
      const rates = ratesOf(terms);
      if (rates === null) return null;
      lastRates = rates;
      offered = byKind((kind) => offered[kind] + cost[kind]);
      // Who waited for another's question finds its tokens spent when many did: then it asks again, until one brings too few.
      while (lacking(rates) >= 0 && (asking !== null || clock() >= nextAskAt)) {
        asking ??= ask(cost, rates).finally(() => {
          asking = null;
        });
        await asking;
      }
      const kind = lacking(rates) as -1 | 0 | 1;
      if (kind >= 0) {
        const actual = offered[kind as 0 | 1] / Math.max(LEAST_SPAN_SECONDS, clock() - askedAt);
        return overRate(kind, rates, actual, owed[kind as 0 | 1] - balance[kind as 0 | 1]);
      }
      balance = byKind((one) => (rates.burst[one] === NONE ? 0 : balance[one] - cost[one]));
      if (balance.some((left, one) => -left > (rates.burst[one] ?? 0) * DEBT_BURST_PART)) void settle();
      return null;
    },
  };
}

const byKind = (of: (kind: 0 | 1) => number): Tokens => [of(0), of(1)];

function overRate(kind: number, rates: Rates, actual: number, owed: number): OverRate {
  const allowed = rates.perSecond[kind] ?? 0;
  const retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil(owed / allowed)));
  return { limit: LIMIT_NAMES[kind] ?? LIMIT_NAMES[0], allowed, actual: Math.round(actual), retryAfterSeconds };
}

/** @param over what the gate said */
export const rateLimited = (over: OverRate): AppError =>
  new AppError(
    "rate_limited",
    `the tenant is over its rate: ${over.actual} per second for this app, limit ${over.limit} is ${over.allowed}`,
    {
      limit: over.limit,
      actual: over.actual,
      allowed: over.allowed,
      retryAfterSeconds: over.retryAfterSeconds,
    },
  );
