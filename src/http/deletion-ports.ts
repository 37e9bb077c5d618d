// From the bindings to the ports of deletion.
import type { DeletionPorts } from "../delete/ports.ts";
import type { Env } from "../env.ts";
import { clockOf, timelineObject } from "./ports.ts";

export function deletionPorts(env: Env): DeletionPorts {
  return {
    database: env.CATALOG,
    bucket: env.SEGMENTS,
    clock: clockOf(env),
    async wipe({ tenant, service, appId }, shard) {
      await timelineObject(env, tenant, service, shard).wipe(appId);
    },
    forget() {},
  };
}
