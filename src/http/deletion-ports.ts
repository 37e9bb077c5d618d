// From the bindings to the ports of deletion.
import { timelineObject } from "../aggregate/object-name.ts";
import type { DeletionPorts } from "../delete/ports.ts";
import type { Env } from "../env.ts";
import { forgetApp } from "../query/forget.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { clockOf, compactorObject, inboxObject } from "./ports.ts";

export function deletionPorts(env: Env): DeletionPorts {
  return {
    database: env.CATALOG,
    bucket: env.SEGMENTS,
    store: r2SegmentStore(env.SEGMENTS),
    clock: clockOf(env),
    retire: ({ tenant, service, appId }) => timelineObject(env, tenant, service, 0).retire(appId),
    wipe: ({ tenant, service, appId }, shard) => timelineObject(env, tenant, service, shard).wipe(appId),
    flush: ({ tenant, service }, shard) => timelineObject(env, tenant, service, shard).flush(),
    typesSinceFlush: ({ tenant, service }, shard) => timelineObject(env, tenant, service, shard).typesSinceFlush(),
    stopMerging: ({ tenant, service }) => compactorObject(env, { tenant, service }).stop(),
    erase: ({ tenant, service }, id, untilMs) => compactorObject(env, { tenant, service }).erase(id, untilMs),
    clearInbox: (tenant, service) => inboxObject(env, tenant).clear(service),
    forget: forgetApp,
  };
}
