// What shares need from outside.
import type { Clock } from "../lib/clock.ts";

export interface SharePorts {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
  readonly clock: Clock;
  readonly tenant: string;
  /** Origin and base path, without a slash at the end: what addresses in answers begin with. */
  readonly root: string;
}
