// The bindings of wrangler.toml, typed. The embedded server provides the same names.
import type { AppTimeline } from "./aggregate/app-timeline.ts";
import type { TenantMeter } from "./aggregate/tenant-meter.ts";
import type { AppCompactor } from "./compact/app-compactor.ts";
import type { IngestInbox } from "./inbox/ingest-inbox.ts";

export interface Env {
  /** One object per (tenant, app, shard): the live hour and the app's stack dictionary. */
  readonly APP_TIMELINE: DurableObjectNamespace<AppTimeline>;
  /** One object per (tenant, app): merges sealed segments into wider ones. */
  readonly APP_COMPACTOR: DurableObjectNamespace<AppCompactor>;
  /** One object per tenant: the last refused and mended uploads. */
  readonly INGEST_INBOX: DurableObjectNamespace<IngestInbox>;
  /** One object per tenant with a rate limit: its token buckets. */
  readonly TENANT_METER: DurableObjectNamespace<TenantMeter>;
  /** Sealed segments and dictionary chunks. */
  readonly SEGMENTS: R2Bucket;
  /** Apps, shards, segment catalog, labels. */
  readonly CATALOG: D1Database;
  /** The built page. */
  readonly ASSETS: Fetcher;
  /** Comma-separated `scope:secret` (write, read, admin). Unset: open, on loopback only. */
  readonly EDGEFLAME_TOKEN?: string;
  /** Seconds added to the clock. Embedded server and tests only. */
  readonly EDGEFLAME_CLOCK_OFFSET_S?: string;
  /** `off`: Go stacks and names are stored as sent. Later a switch of each tenant. */
  readonly EDGEFLAME_GO_REPAIR?: string;
  /** Age in seconds beyond which an upload is refused. Unset: nothing is too old. */
  readonly EDGEFLAME_TOO_OLD_SECONDS?: string;
  /** JSON of limits (api/limits.ts) that stand in for the defaults of config.ts, for every tenant. */
  readonly EDGEFLAME_LIMITS?: string;
  /** Uploads per second at which an app gets more objects, instead of SHARDING's; unset, the embedded server never splits. */
  readonly EDGEFLAME_SHARD_RATE?: string;
  /** Milliseconds between an isolate's writes to the inbox, instead of INBOX's. Tests only. */
  readonly EDGEFLAME_INBOX_PAUSE_MS?: string;
  /** `on`: files may be uploaded and shared without a token, within a rate. */
  readonly EDGEFLAME_ANONYMOUS_UPLOADS?: string;
  /** Header in which a proxy in front of the embedded server names who asks, for example `x-forwarded-for`. Unset: nobody is believed. */
  readonly EDGEFLAME_ADDRESS_HEADER?: string;
  /** Path prefix that a proxy in front leaves on, for example `/profiles`. */
  readonly EDGEFLAME_BASE_PATH?: string;
  /** Set by the embedded server; absent in a deployed Worker. */
  readonly EDGEFLAME_EMBEDDED?: string;
}
