// Apps that an object said are over their tenant's rate, as this isolate heard it. For a moment their uploads are shed or
// refused here, before their stacks are decoded: what an object would throw away need not be made.
import type { ShedFacts } from "../aggregate/live-protocol.ts";
import { PAUSE_SECONDS, rateLimited } from "../aggregate/rate-gate.ts";
import type { TenantLimits } from "../config.ts";

const MOST_KNOWN = 1000;

const OVER = new Map<string, { readonly facts: ShedFacts; readonly until: number }>();
const keyOf = (tenant: string, service: string): string => `${tenant}\u0000${service}`;

export function hearOver(tenant: string, service: string, facts: ShedFacts, now: number): void {
  if (OVER.size >= MOST_KNOWN) OVER.clear();
  OVER.set(keyOf(tenant, service), { facts, until: now + PAUSE_SECONDS });
}

/**
 * What was heard, while it holds.
 * @throws AppError rate_limited where the tenant rather refuses
 */
export function overRate(
  tenant: string,
  service: string,
  limits: Pick<TenantLimits, "overload" | "ingestBytesPerSecond" | "profilesPerSecond">,
  now: number,
): ShedFacts | null {
  const known = OVER.get(keyOf(tenant, service));
  if (known === undefined) return null;
  // The limit may have been lifted meanwhile, or the clock set back.
  if (limits[known.facts.limit] === null || now >= known.until || now < known.until - PAUSE_SECONDS) return null;
  if (limits.overload === "reject") throw rateLimited(known.facts);
  return { ...known.facts, uploads: 1 };
}
