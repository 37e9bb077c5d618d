// The catalog's tables (D1). Rows are few and fat: nothing here is written per upload. Keys are
// integers, because each indexed text column of a row costs as much as the row.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const tenants = sqliteTable(
  "tenants",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    createdAt: integer("created_at").notNull(), // unix seconds
    /** JSON of the limits and switches that differ from the defaults (api/limits.ts); null: none. */
    limits: text(),
  },
  (table) => [uniqueIndex("tenants_name").on(table.name)],
);

export const apps = sqliteTable(
  "apps",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tenantId: integer("tenant_id").notNull(),
    name: text().notNull(), // service_name
    createdAt: integer("created_at").notNull(), // unix seconds
    /** Counts commits over merged segments: each expects the number it read, so that two writers can't both win. */
    mergeSeq: integer("merge_seq").notNull().default(0),
    /** Unix seconds before which segments of a retention class (by finest rung) may be gone. Only grow. */
    dropped10: integer("dropped_10").notNull().default(0),
    dropped60: integer("dropped_60").notNull().default(0),
    dropped3600: integer("dropped_3600").notNull().default(0),
    dropped86400: integer("dropped_86400").notNull().default(0),
  },
  (table) => [uniqueIndex("apps_tenant_name").on(table.tenantId, table.name)],
);

/** What an app's profile types are called and measured in. */
export const profileTypes = sqliteTable(
  "profile_types",
  {
    appId: integer("app_id").notNull(),
    typeId: text("type_id").notNull(),
    oldSuffix: text("old_suffix").notNull(), // "" for none
    units: text().notNull(),
    aggregation: text({ enum: ["sum", "average"] }).notNull(),
    sampleRate: integer("sample_rate").notNull(), // Hz
    spyName: text("spy_name").notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.typeId] })],
);

/** One row per app-shard object. */
export const shards = sqliteTable(
  "shards",
  {
    appId: integer("app_id").notNull(),
    shard: integer().notNull(),
    /** Unix seconds since when the object holds what no segment holds; null when it holds nothing. */
    liveSince: integer("live_since"),
    /** Newest part that is in `segments`. */
    lastPart: integer("last_part").notNull(),
    /** Unix seconds of the newest and the oldest sealed slot. */
    firstSlot: integer("first_slot"),
    lastSlot: integer("last_slot"),
  },
  (table) => [primaryKey({ columns: [table.appId, table.shard] }), index("shards_live").on(table.liveSince)],
);

/** The segment catalog: one row per R2 object. */
export const segments = sqliteTable(
  "segments",
  {
    appId: integer("app_id").notNull(),
    /** Seconds the segment spans: 3600, or one of MERGED_WIDTHS. */
    width: integer().notNull(),
    /** Unix seconds, a multiple of width. */
    start: integer().notNull(),
    /** MERGED_SHARD for what compaction wrote. */
    shard: integer().notNull(),
    /** The shard's part; for a merged segment a number of its own (apps.merge_seq), as a window may have several objects. */
    part: integer().notNull(),
    /** Width of its finest rung: 10 for the object that holds the 10 s nodes alone. */
    finest: integer().notNull(),
    /** The dictionary its vectors refer to: (dict_shard, epoch). */
    dictShard: integer("dict_shard").notNull().default(0),
    epoch: integer().notNull(),
    /** Merged segments: JSON, shard → newest part of that shard that is in it. All parts up to it in its window are. */
    covers: text(),
    /** Unix seconds at which retention may drop it; null: never. */
    expiresAt: integer("expires_at"),
    objectKey: text("object_key").notNull(),
    objectBytes: integer("object_bytes").notNull(),
    headOffset: integer("head_offset").notNull(),
    headLength: integer("head_length").notNull(),
    /** The head (segment-format.ts) in base64, because D1 hands blobs back as lists of numbers; null when too large for a row. */
    head: text(),
  },
  (table) => [
    primaryKey({ columns: [table.appId, table.width, table.start, table.shard, table.part, table.finest] }),
    index("segments_expire").on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
  ],
);

/**
 * Windows that compaction still has to write or to bring up to date. While a row of width 6 h or 1 d stands, the merged segments
 * over that time may lack parts: readers then look for hours' parts beyond `covers`. Each seal into a window adds 1 to `version`;
 * a compaction removes the row only at the version it read.
 */
export const compactions = sqliteTable(
  "compactions",
  {
    appId: integer("app_id").notNull(),
    width: integer().notNull(),
    start: integer().notNull(),
    dueAt: integer("due_at").notNull(), // unix seconds
    version: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.appId, table.width, table.start] }),
    index("compactions_due").on(table.dueAt),
  ],
);

/** How long each class of segments is kept, where it differs from RETENTION. app_id 0: all apps of the tenant. */
export const retention = sqliteTable(
  "retention",
  {
    tenantId: integer("tenant_id").notNull(),
    appId: integer("app_id").notNull(),
    /** Retention class: finest rung of the segments. */
    finest: integer().notNull(),
    seconds: integer(), // null: for ever
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.appId, table.finest] })],
);

/** A tenant whose retention has changed and whose segments get their new dates, app by app: until then none of the others goes. */
export const redating = sqliteTable("redating", {
  tenantId: integer("tenant_id").primaryKey(),
  /** Of the change: another one begins anew. */
  version: integer().notNull(),
  /** Apps up to this id have theirs. */
  afterApp: integer("after_app").notNull(),
});

/** Over how many objects an app's uploads are spread; the newest version counts. No row: one object. */
export const shardMaps = sqliteTable(
  "shard_maps",
  {
    appId: integer("app_id").notNull(),
    version: integer().notNull(),
    count: integer().notNull(),
    since: integer().notNull(), // unix seconds
  },
  (table) => [primaryKey({ columns: [table.appId, table.version] })],
);

/**
 * Times in which uploads over the rate limit were counted without their stacks. Not a row per upload: one per shard and stretch
 * of overload, an hour long at most.
 */
export const shedTimes = sqliteTable(
  "shed_times",
  {
    appId: integer("app_id").notNull(),
    shard: integer().notNull(),
    start: integer().notNull(), // unix seconds of the first slot
    until: integer().notNull(), // end of the last one
    uploads: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.shard, table.start] })],
);

/** Deletions that were asked for, and how far they are. */
export const deletions = sqliteTable(
  "deletions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tenantId: integer("tenant_id").notNull(),
    /** 0: the whole tenant. */
    appId: integer("app_id").notNull(),
    service: text().notNull(),
    /** JSON of the matchers; null for every series. */
    matchers: text(),
    /** Unix seconds; null for all time. */
    fromTime: integer("from_time"),
    untilTime: integer("until_time"),
    requestedAt: integer("requested_at").notNull(),
    /** The step it is at; "done" at the end. */
    state: text().notNull(),
    /** JSON that the steps keep. */
    progress: text(),
    doneAt: integer("done_at"),
  },
  (table) => [index("deletions_open").on(table.state)],
);

/** Stretches of the stack dictionaries, in R2. Together they cover each epoch from its first node on. */
export const dictionaries = sqliteTable(
  "dictionaries",
  {
    appId: integer("app_id").notNull(),
    shard: integer().notNull(),
    epoch: integer().notNull(),
    fromNode: integer("from_node").notNull(),
    toNode: integer("to_node").notNull(),
    objectKey: text("object_key").notNull(),
    objectBytes: integer("object_bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.shard, table.epoch, table.fromNode, table.toNode] })],
);

/** Which label values were ever seen, and on which days. */
export const labelValues = sqliteTable(
  "label_values",
  {
    appId: integer("app_id").notNull(),
    name: text().notNull(),
    value: text().notNull(),
    firstDay: integer("first_day").notNull(), // days since 1970
    lastDay: integer("last_day").notNull(),
    /** The deletion that last found it in a segment, or during which it was sealed: what it did not find, it removes. */
    keptBy: integer("kept_by"),
    /** Days on which that deletion found it. */
    keptFirst: integer("kept_first"),
    keptLast: integer("kept_last"),
  },
  (table) => [primaryKey({ columns: [table.appId, table.name, table.value] })],
);

/** Objects that no row names any more; deleted once no running query can still want them. */
export const retiredObjects = sqliteTable(
  "retired_objects",
  {
    objectKey: text("object_key").primaryKey(),
    deleteAfter: integer("delete_after").notNull(), // unix seconds
  },
  (table) => [index("retired_after").on(table.deleteAfter)],
);
