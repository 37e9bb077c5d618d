// What the work of a deletion needs from outside.
import type { Clock } from "../lib/clock.ts";

export interface DeletionPorts {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
  readonly clock: Clock;
  /** Empties the object of an app's shard, if it still works for that app. Uploads to it wait, and then begin a new app. */
  wipe(app: AppName, shard: number): Promise<void>;
  /** What this isolate has cached of the app goes. */
  forget(appId: number): void;
}

export interface AppName {
  readonly tenant: string;
  readonly service: string;
  readonly appId: number;
}
