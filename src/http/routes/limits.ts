// api/limits: what holds for the tenant.
import {
  LIMIT_NAMES,
  type LimitOverrides,
  LimitsChange,
  type LimitsResponse,
  overridesOf,
  withOverrides,
} from "../../api/limits.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { readTenantLimits, writeTenantLimits } from "../../storage/tenant-limits.ts";
import type { AppContext } from "../context.ts";
import { readJson } from "../json-body.ts";
import { clockOf, tenantOf } from "../ports.ts";
import { serverLimits } from "../server-limits.ts";
import { knowLimits } from "../tenant-limits.ts";

/** GET: every limit, and who said it. From the catalog itself: what other isolates know may be older. */
export async function getLimits(c: AppContext): Promise<Response> {
  return answer(c, overridesOf(await readTenantLimits(c.env.CATALOG, tenantOf())));
}

/** PUT: changes the limits that are named; null takes one back. Other isolates follow within a minute. */
export async function putLimits(c: AppContext): Promise<Response> {
  const change = await readJson(c.req.raw, LimitsChange);
  const tenant = tenantOf();
  const merged = { ...overridesOf(await readTenantLimits(c.env.CATALOG, tenant)), ...change.limits };
  const said = overridesOf(Object.fromEntries(Object.entries(merged).filter(([, value]) => value != null)));
  const { maxNodesDefault, maxNodesMost } = withOverrides(serverLimits(c.env), said);
  if (maxNodesDefault > maxNodesMost)
    throw invalidArgument(`maxNodesDefault is ${maxNodesDefault}, which is more than maxNodesMost, ${maxNodesMost}`, {
      limit: "maxNodesMost",
      actual: maxNodesDefault,
      allowed: maxNodesMost,
    });
  const now = clockOf(c.env)();
  await writeTenantLimits(c.env.CATALOG, tenant, said, Math.floor(now));
  knowLimits(tenant, said, now);
  return answer(c, said);
}

function answer(c: AppContext, said: LimitOverrides): Response {
  const server = serverLimits(c.env);
  const own = withOverrides(server, said);
  const limits = LIMIT_NAMES.map((name) => [
    name,
    {
      value: own[name] ?? "none",
      standard: server[name] ?? "none",
      source: said[name] === undefined ? "server" : "tenant",
    } as const,
  ]);
  const body: LimitsResponse = { limits: Object.fromEntries(limits) };
  return c.json(body, 200, { "cache-control": "no-store" });
}
