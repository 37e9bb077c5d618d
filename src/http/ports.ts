// From the bindings to the ports of the write and the read path.
import type {
  AppendAnswer,
  AppendManyAnswer,
  AppendTerms,
  ForgoAnswer,
  LiveAnswer,
  LiveRefusal,
} from "../aggregate/live-protocol.ts";
import { timelineObject } from "../aggregate/object-name.ts";
import { unrefused } from "../aggregate/refusal.ts";
import { ANONYMOUS_TENANT, type TenantLimits } from "../config.ts";
import type { Env } from "../env.ts";
import { type KnownMap, knownMaps } from "../ingest/known-maps.ts";
import type { StorePorts } from "../ingest/store-upload.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import type { QueryPorts } from "../query/ports.ts";
import type { SharePorts } from "../share/ports.ts";
import { d1CatalogReads } from "../storage/catalog-reads.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { d1ShardMaps } from "../storage/shard-maps.ts";
import type { AppContext } from "./context.ts";
import { locationHint, type RequestPlace } from "./location-hint.ts";
import { hearOver } from "./over-rate.ts";

/** The tenant of a request. Comes from the credential once there are tenants; never from the request's own words. */
export const tenantOf = (): string => ANONYMOUS_TENANT;

export const clockOf = (env: Env): Clock => systemClock(clockOffset(env));

/** The object that merges an app's segments. */
export function compactorObject(env: Env, { tenant, service }: { tenant: string; service: string }) {
  return env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify([tenant, service])));
}

/** The object that has the tenant's refused and mended uploads. */
export const inboxObject = (env: Env, tenant: string, locationHint?: DurableObjectLocationHint) =>
  env.INGEST_INBOX.get(
    env.INGEST_INBOX.idFromName(JSON.stringify([tenant])),
    locationHint === undefined ? {} : { locationHint },
  );

/** For uploads that may go to any shard. */
export const anyRoute = (): number => Math.floor(Math.random() * 2 ** 32);

/** Outlives requests: a cache, bounded by its owner. */
const SHARD_MAPS = new Map<string, KnownMap>();

/** What objects must know of a tenant's limits. */
const termsOf = (limits: TenantLimits): AppendTerms => {
  const { typesPerApp, ingestBytesPerSecond, ingestBurstBytes, profilesPerSecond, profilesBurst, overload } = limits;
  return { typesPerApp, ingestBytesPerSecond, ingestBurstBytes, profilesPerSecond, profilesBurst, overload };
};

/** @param place where the request came in: objects that it makes are made near it */
export function storePorts(env: Env, place: RequestPlace = {}, limits?: TenantLimits): StorePorts {
  const tenant = tenantOf();
  const clock = clockOf(env);
  const hint = locationHint(place);
  const objectOf = (service: string, shard: number) => timelineObject(env, tenant, service, shard, hint);
  const terms = limits === undefined ? {} : { terms: termsOf(limits) };
  const catalog = d1ShardMaps(env.CATALOG);
  return {
    tenant,
    clock,
    anyRoute,
    maps: knownMaps(SHARD_MAPS, clock, (of, service) => catalog.read(of, service)),
    // What comes is a plain copy; the RPC's types only lose which of its arrays are not empty.
    append: async (request) =>
      unrefused(
        (await objectOf(request.service, request.shard).append({ ...request, ...terms })) as AppendAnswer | LiveRefusal,
      ),
    appendMany: async (request) =>
      unrefused(
        (await objectOf(request.service, request.shard).appendMany({ ...request, ...terms })) as
          | AppendManyAnswer
          | LiveRefusal,
      ),
    heardOver: (service, facts) => hearOver(tenant, service, facts, clock()),
    forgo: async (service, shard, request) => (await objectOf(service, shard).forgo(request)) as ForgoAnswer,
  };
}

/** @param tenant whose data; of a link that needs no credential, the tenant that made it */
export function queryPorts(env: Env, limits: TenantLimits, tenant = tenantOf()): QueryPorts {
  return {
    tenant,
    clock: clockOf(env),
    limits,
    taken: { spanObjects: 0, sums: 0 },
    catalog: d1CatalogReads(env.CATALOG),
    store: r2SegmentStore(env.SEGMENTS),
    async readLive(service, shard, query) {
      const call = timelineObject(env, tenant, service, shard).read(query);
      // What comes is a plain copy; the RPC's types only lose which of its arrays are pairs.
      return unrefused((await call) as unknown as LiveAnswer | LiveRefusal);
    },
    async settle(service, shard) {
      await timelineObject(env, tenant, service, shard).tick();
    },
  };
}

/** What addresses in answers begin with: a proxy's prefix was cut off before the request came here. */
export const rootOf = ({ env, req }: AppContext): string =>
  `${new URL(req.url).origin}${(env.EDGEFLAME_BASE_PATH ?? "").replace(/\/+$/, "")}`;

export const sharePorts = (c: AppContext): SharePorts => ({
  database: c.env.CATALOG,
  bucket: c.env.SEGMENTS,
  clock: clockOf(c.env),
  tenant: tenantOf(),
  root: rootOf(c),
});
