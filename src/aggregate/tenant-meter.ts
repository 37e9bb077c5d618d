// TenantMeter: one object per tenant that has a rate limit. It owns the tenant's token buckets. They are worked on the heap, and
// kept in a row, never too high: neither its sleep nor a crash fills them (token-ledger.ts, decision 0019).
//
//   balance   id = 1 │ bytes │ profiles │ at      tokens, unix seconds; null: no limit
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import type { MetaStore } from "./object-meta.ts";
import { quietTimer } from "./quiet-timer.ts";
import { type Meter, type RateGate, rateGate, ratesOf } from "./rate-gate.ts";
import { type BalanceStore, type Rates, type TokenLedger, type Tokens, tokenLedger } from "./token-ledger.ts";

export class TenantMeter extends DurableObject<Env> {
  readonly #ledger: TokenLedger;
  readonly #clock: Clock;
  readonly #asked = quietTimer(() => this.#ledger.settle(this.#clock()));

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#clock = systemClock(clockOffset(env));
    this.#ledger = tokenLedger(balanceRow(ctx.storage.sql));
  }

  /** Tokens for an object to spend. */
  take(asker: string, wanted: Tokens, rates: Rates): Tokens {
    this.#asked();
    return this.#ledger.take(asker, wanted, rates, this.#clock());
  }

  /** What an object did not spend of them, or beyond. */
  putBack(rest: Tokens, rates: Rates): void {
    this.#asked();
    this.#ledger.putBack(rest, rates, this.#clock());
  }
}

const NO_LIMIT = Number.POSITIVE_INFINITY;

function balanceRow(sql: SqlStorage): BalanceStore {
  sql.exec("CREATE TABLE IF NOT EXISTS balance (id INTEGER PRIMARY KEY, bytes REAL, profiles REAL, at REAL NOT NULL)");
  const tokens = (value: unknown): number => (value === null ? NO_LIMIT : Number(value));
  const column = (count: number): number | null => (count === NO_LIMIT ? null : count);
  return {
    load() {
      const [row] = sql.exec("SELECT bytes, profiles, at FROM balance").toArray();
      return row === undefined ? null : { tokens: [tokens(row.bytes), tokens(row.profiles)], at: Number(row.at) };
    },
    save({ tokens: [bytes, profiles], at }) {
      const row = [column(bytes), column(profiles), at];
      sql.exec("INSERT OR REPLACE INTO balance (id, bytes, profiles, at) VALUES (1, ?, ?, ?)", ...row);
    },
  };
}

/** For an app's object: its gate, with tokens from its tenant's meter. What it holds is settled before the object may sleep. */
export function meteredGate(
  { TENANT_METER: meters }: Pick<Env, "TENANT_METER">,
  meta: MetaStore,
  clock: Clock,
): RateGate["admit"] {
  // Of the tenant whose tokens these are: the object may have been emptied since.
  let tenant = "";
  const ofTenant = () => meters.get(meters.idFromName(JSON.stringify([tenant])));
  const meter: Meter = {
    async take(wanted, rates) {
      const { service, shard } = meta.read();
      tenant = meta.read().tenant;
      const [bytes = 0, profiles = 0] = await ofTenant().take(`${shard} ${service}`, wanted, rates);
      return [bytes, profiles];
    },
    putBack: async (rest, rates) => ofTenant().putBack([...rest], rates),
  };
  const gate = rateGate(clock, meter);
  const used = quietTimer(() => void gate.settle());
  return (cost, terms) => {
    if (ratesOf(terms) !== null) used();
    return gate.admit(cost, terms);
  };
}
