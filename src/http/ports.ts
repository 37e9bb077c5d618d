// From the bindings to the ports of the write and the read path.
import type { AppendManyRequest, AppendRequest, LiveAnswer, LiveRefusal } from "../aggregate/live-protocol.ts";
import { ANONYMOUS_TENANT } from "../config.ts";
import type { Env } from "../env.ts";
import type { StorePorts } from "../ingest/store-upload.ts";
import { AppError } from "../lib/app-error.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import type { QueryPorts } from "../query/ports.ts";
import { d1CatalogReads } from "../storage/catalog-reads.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";

/** The tenant of a request. Comes from the credential once there are tenants; never from the request's own words. */
export const tenantOf = (): string => ANONYMOUS_TENANT;

export const clockOf = (env: Env): Clock => systemClock(clockOffset(env));

export function timelineObject(env: Env, tenant: string, service: string, shard: number) {
  const id = env.APP_TIMELINE.idFromName(JSON.stringify([tenant, service, shard]));
  return env.APP_TIMELINE.get(id);
}

/** The object that merges an app's segments. */
export function compactorObject(env: Env, { tenant, service }: { tenant: string; service: string }) {
  return env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify([tenant, service])));
}

export function storePorts(env: Env): StorePorts {
  return {
    tenant: tenantOf(),
    async append(request: AppendRequest) {
      return timelineObject(env, request.tenant, request.service, request.shard).append(request);
    },
    async appendMany(request: AppendManyRequest) {
      return timelineObject(env, request.tenant, request.service, request.shard).appendMany(request);
    },
  };
}

export function queryPorts(env: Env): QueryPorts {
  const tenant = tenantOf();
  return {
    tenant,
    clock: clockOf(env),
    catalog: d1CatalogReads(env.CATALOG),
    store: r2SegmentStore(env.SEGMENTS),
    async readLive(service, shard, query) {
      const call = timelineObject(env, tenant, service, shard).read(query);
      // What comes is a plain copy; the RPC's types only lose which of its arrays are pairs.
      const answer = (await call) as unknown as LiveAnswer | LiveRefusal;
      if ("refused" in answer) throw new AppError(answer.refused.code, answer.refused.message, answer.refused.facts);
      return answer;
    },
    async settle(service, shard) {
      await timelineObject(env, tenant, service, shard).tick();
    },
  };
}
