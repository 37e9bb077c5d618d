// A tenant's limits as this isolate knows them: read from the catalog at most every LIMITS_FRESH_SECONDS, whatever comes in.
import { type LimitOverrides, overridesOf, withOverrides } from "../api/limits.ts";
import { LIMITS_FRESH_SECONDS, type TenantLimits } from "../config.ts";
import type { Env } from "../env.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { readTenantLimits } from "../storage/tenant-limits.ts";
import { clockOf } from "./ports.ts";
import { serverLimits } from "./server-limits.ts";

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
