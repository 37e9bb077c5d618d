// What the work of a deletion needs from outside.
import type { Clock } from "../lib/clock.ts";
import type { SegmentStore } from "../storage/segment-store.ts";

export interface DeletionPorts {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
  readonly store: SegmentStore;
  readonly clock: Clock;
  /** Its home makes no more objects. @returns how many there may be */
  retire(app: AppName): Promise<number>;
  /** Empties the object of an app's shard, if it still works for that app. Uploads to it wait, and then begin a new app. */
  wipe(app: AppName, shard: number): Promise<void>;
  /** Hands over all that a shard's object holds; afterwards it knows no name of it. */
  flush(app: AppName, shard: number): Promise<{ readonly part: number; readonly epoch: number }>;
  /** Profile types of what came to a shard since it was flushed. */
  typesSinceFlush(app: AppName, shard: number): Promise<readonly string[]>;
  /** Waits for what merges the app's segments, and empties it. */
  stopMerging(app: AppName): Promise<void>;
  /** Rewrites the app's segments for this deletion, until it is done or the time is over. */
  erase(app: AppName, deletion: number, untilMs: number): Promise<void>;
  /** What is told of refused and mended uploads goes: an app's and what names no app, or (null) all of the tenant's. */
  clearInbox(tenant: string, service: string | null): Promise<void>;
  /** What this isolate has cached of the app goes. */
  forget(appId: number): void;
}

export interface AppName {
  readonly tenant: string;
  readonly service: string;
  readonly appId: number;
}
