// What an app's object may take in of its tenant's rate: it spends tokens that the tenant's meter handed out, and asks for more
// when it has none (decision 0019). While there is no limit nobody is asked; while there are tokens, neither. An upload is let
// in while any are left, and may cost more than that: the debt is paid before the next.
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
}

/** Hands out tokens: TenantMeter, or a ledger in a test. */
export type TakeTokens = (wanted: Tokens, rates: Rates) => Promise<Tokens>;

/** Tokens are asked for so far ahead, by what came in before; and at least this part of a burst. */
const AHEAD_SECONDS = 2;
const BURST_PART = 1 / 16;
/** Who got less than it wanted asks again after this. It is known so long that the tenant is over its rate. */
export const PAUSE_SECONDS = 0.25;
/** What is offered is measured over no less. */
const LEAST_SPAN_SECONDS = 1;
/** Tokens that nobody spent for this long are gone. */
const LAPSE_SECONDS = 60;

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

export function rateGate(clock: () => number, take: TakeTokens): RateGate {
  let balance: [number, number] = [0, 0];
  /** Of what was offered since `askedAt`, let in or not. */
  let offered: [number, number] = [0, 0];
  let askedAt = clock();
  let leasedAt = 0;
  let nextAskAt = 0;
  let asking: Promise<void> | null = null;

  const ask = async (cost: Tokens, rates: Rates): Promise<void> => {
    const now = clock();
    const seconds = Math.max(LEAST_SPAN_SECONDS, now - askedAt);
    const wanted = [0, 1].map((kind) => {
      const burst = rates.burst[kind] ?? 0;
      if (burst === NONE) return 0;
      const ahead = Math.max(((offered[kind] ?? 0) / seconds) * AHEAD_SECONDS, burst * BURST_PART, cost[kind] ?? 0);
      return Math.max(0, ahead - (balance[kind] ?? 0));
    }) as [number, number];
    askedAt = now;
    offered = [0, 0];
    const given = await take(wanted, rates).catch(() => null);
    leasedAt = now;
    // A meter that is silent is no reason to refuse: what was wanted is taken for given.
    const got = given ?? wanted;
    balance = balance.map((left, kind) => left + (got[kind] ?? 0)) as [number, number];
    const isShort = got.some((tokens, kind) => tokens < (wanted[kind] ?? 0));
    nextAskAt = isShort ? now + PAUSE_SECONDS : now;
  };

  const lacking = (rates: Rates): number => balance.findIndex((left, kind) => left <= 0 && rates.burst[kind] !== NONE);

  return {
    async admit(cost, terms) {
      const rates = ratesOf(terms);
      if (rates === null) return null;
      const now = clock();
      if (now - leasedAt > LAPSE_SECONDS) balance = balance.map((left) => Math.min(0, left)) as [number, number];
      offered = offered.map((sum, kind) => sum + (cost[kind] ?? 0)) as [number, number];
      // Who waited for another's question finds its tokens spent when many did: then it asks again, until one brings too few.
      while (lacking(rates) >= 0 && (asking !== null || clock() >= nextAskAt)) {
        asking ??= ask(cost, rates).finally(() => {
          asking = null;
        });
        await asking;
      }
      const kind = lacking(rates);
      if (kind < 0) {
        balance = balance.map((left, i) => (rates.burst[i] === NONE ? 0 : left - (cost[i] ?? 0))) as [number, number];
        return null;
      }
      const perSecond = rates.perSecond[kind] ?? 0;
      return {
        limit: LIMIT_NAMES[kind] ?? LIMIT_NAMES[0],
        allowed: perSecond,
        actual: Math.round((offered[kind] ?? 0) / Math.max(LEAST_SPAN_SECONDS, clock() - askedAt)),
        retryAfterSeconds: Math.min(60, Math.max(1, Math.ceil(-(balance[kind] ?? 0) / perSecond))),
      };
    },
  };
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
