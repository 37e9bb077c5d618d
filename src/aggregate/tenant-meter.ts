// TenantMeter: one object per tenant that has a rate limit. It owns the tenant's token buckets, on the heap alone: an object
// that sleeps was not asked for longer than its buckets take to fill. A restart fills them; that is one burst more.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import type { MetaStore } from "./object-meta.ts";
import type { TakeTokens } from "./rate-gate.ts";
import { type Rates, type Tokens, tokenLedger } from "./token-ledger.ts";

export class TenantMeter extends DurableObject<Env> {
  readonly #ledger = tokenLedger();
  readonly #clock: Clock;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#clock = systemClock(clockOffset(env));
  }

  /** Tokens for an object to spend. */
  take(asker: string, wanted: Tokens, rates: Rates): Tokens {
    return this.#ledger.take(asker, wanted, rates, this.#clock());
  }
}

/** For an app's object: tokens from its tenant's meter. */
export function takeFromMeter({ TENANT_METER: meters }: Pick<Env, "TENANT_METER">, meta: MetaStore): TakeTokens {
  return async (wanted, rates) => {
    const { tenant, service, shard } = meta.read();
    const meter = meters.get(meters.idFromName(JSON.stringify([tenant])));
    const [bytes = 0, profiles = 0] = await meter.take(`${shard} ${service}`, wanted, rates);
    return [bytes, profiles];
  };
}
