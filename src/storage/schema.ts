// The catalog's tables (D1). Rows are few and fat: nothing here is written per upload. Keys are
// integers, because each indexed text column of a row costs as much as the row.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const tenants = sqliteTable(
  "tenants",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    createdAt: integer("created_at").notNull(), // unix seconds
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
    /** Seconds the segment spans: 3600, later days and months. */
    width: integer().notNull(),
    /** Unix seconds, a multiple of width. */
    start: integer().notNull(),
    shard: integer().notNull(),
    part: integer().notNull(),
    /** Width of its finest rung: 10 for the object that holds the 10 s nodes alone. */
    finest: integer().notNull(),
    epoch: integer().notNull(),
    objectKey: text("object_key").notNull(),
    objectBytes: integer("object_bytes").notNull(),
    headOffset: integer("head_offset").notNull(),
    headLength: integer("head_length").notNull(),
    /** The head (segment-format.ts) in base64, because D1 hands blobs back as lists of numbers; null when too large for a row. */
    head: text(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.width, table.start, table.shard, table.part, table.finest] })],
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
