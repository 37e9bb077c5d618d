// What the read path needs from outside.
import type { LiveAnswer, LiveQuery } from "../aggregate/live-protocol.ts";
import type { TenantLimits } from "../config.ts";
import type { Clock } from "../lib/clock.ts";
import type { CatalogReads } from "../storage/catalog-reads.ts";
import type { SegmentStore } from "../storage/segment-store.ts";

export interface QueryPorts {
  /** Whose data; from the credential, never from the request's own words. */
  readonly tenant: string;
  readonly clock: Clock;
  readonly limits: Pick<TenantLimits, "maxNodesDefault" | "maxNodesMost" | "queryRangeSeconds">;
  /** What the question has taken so far, over all of its apps: ports are made for one question. */
  readonly taken: { spanObjects: number; sums: number };
  readonly catalog: CatalogReads;
  readonly store: SegmentStore;
  /** Asks the object of an app's shard. */
  readLive(service: string, shard: number, query: LiveQuery): Promise<LiveAnswer>;
  /** Lets the object finish what it has begun: afterwards it has noted every part that is in the catalog. */
  settle(service: string, shard: number): Promise<void>;
}
