// A tenant's limits as this isolate knows them: read from the catalog at most every LIMITS_FRESH_SECONDS, whatever comes in.
import { LimitOverrides, overridesOf, withOverrides } from "../api/limits.ts";
import { DOCUMENTATION, LIMITS_FRESH_SECONDS, TENANT_LIMITS, type TenantLimits } from "../config.ts";
import type { Env } from "../env.ts";
import { AppError } from "../lib/app-error.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { readTenantLimits } from "../storage/tenant-limits.ts";
import { clockOf } from "./ports.ts";

interface Known {
  said: LimitOverrides;
  /** Unix seconds. */
  readAt: number;
}

/** Outlives requests: a cache. There are few tenants in an isolate; past this many all are read again. */
const MOST_KNOWN = 10_000;
const KNOWN = new Map<string, Known>();

/** What holds for a tenant now. */
export async function tenantLimits(env: Env, tenant: string): Promise<TenantLimits> {
  const now = clockOf(env)();
  const known = KNOWN.get(tenant);
  const isFresh = known !== undefined && Math.abs(now - known.readAt) < LIMITS_FRESH_SECONDS;
  return withOverrides(serverLimits(env), isFresh ? known.said : await readAgain(env, tenant, known, now));
}

async function readAgain(env: Env, tenant: string, known: Known | undefined, now: number): Promise<LimitOverrides> {
  // Requests that come meanwhile go on with what is known, instead of asking as well.
  if (known !== undefined) known.readAt = now;
  try {
    return knowLimits(tenant, overridesOf(await readTenantLimits(env.CATALOG, tenant)), now);
  } catch (error) {
    // The catalog's silence is no reason to refuse an upload.
    logEvent("limits_unread", { message: messageOf(error) });
    return known?.said ?? {};
  }
}

/** What was just read or written. */
export function knowLimits(tenant: string, said: LimitOverrides, now: number): LimitOverrides {
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(tenant, { said, readAt: now });
  return said;
}

/** What the server was started with does not change: read once. */
let started: { readonly texts: string; readonly limits: TenantLimits } | null = null;

/**
 * What holds for tenants that say nothing: config.ts, with what the server was started with.
 * @throws AppError unavailable when that is not understood: to guess would drop or keep what nobody meant to
 */
export function serverLimits(env: Env): TenantLimits {
  const texts = JSON.stringify([env.EDGEFLAME_LIMITS, env.EDGEFLAME_GO_REPAIR, env.EDGEFLAME_TOO_OLD_SECONDS]);
  if (started?.texts !== texts) {
    const own = { goRepair: env.EDGEFLAME_GO_REPAIR !== "off", tooOldSeconds: tooOldOf(env) };
    const said = overridesFrom(env.EDGEFLAME_LIMITS?.trim() || "{}");
    started = { texts, limits: withOverrides({ ...TENANT_LIMITS, ...own }, said) };
  }
  return started.limits;
}

function overridesFrom(text: string): LimitOverrides {
  try {
    return LimitOverrides.parse(JSON.parse(text));
  } catch (error) {
    const facts = { actual: text.slice(0, 200), documentation: DOCUMENTATION };
    throw new AppError("unavailable", `EDGEFLAME_LIMITS must be JSON of limits: ${messageOf(error)}`, facts);
  }
}

function tooOldOf(env: Env): number | null {
  const text = env.EDGEFLAME_TOO_OLD_SECONDS?.trim() ?? "";
  if (!/^\d*$/.test(text))
    throw new AppError("unavailable", "EDGEFLAME_TOO_OLD_SECONDS must be a whole number of seconds, or unset", {
      limit: "tooOldSeconds",
      actual: text,
    });
  return text === "" ? null : Number(text);
}
