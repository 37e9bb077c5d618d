// Tables of what people and clients keep with the server, besides profiles (schema.ts has those): few rows, each small.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What a tenant's clients keep with the server (settings.v1.SettingsService): names and texts that mean something to them. */
export const settings = sqliteTable(
  "settings",
  {
    tenantId: integer("tenant_id").notNull(),
    name: text().notNull(),
    value: text().notNull(),
    modifiedAt: integer("modified_at").notNull(), // milliseconds since 1970, as the client said
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name] })],
);

/** Rules that make metrics of profiles (decision 0023). */
export const recordingRules = sqliteTable(
  "recording_rules",
  {
    tenantId: integer("tenant_id").notNull(),
    id: text().notNull(),
    /** Counts its versions: who writes names the one that it read. */
    generation: integer().notNull(),
    /** JSON (RecordingRule of query/recorded). */
    rule: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
);

/** Files that were uploaded to be looked at (adhocprofiles.v1). The objects are `t/<tenant>/f/<id>`. */
export const adhocFiles = sqliteTable(
  "adhoc_files",
  {
    tenantId: integer("tenant_id").notNull(),
    id: text().notNull(), // begins with the time
    name: text().notNull(),
    uploadedAt: integer("uploaded_at").notNull(), // milliseconds since 1970
    storedBytes: integer("stored_bytes").notNull(),
    /** JSON: what its sender said it is. */
    said: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] }), index("adhoc_files_uploaded").on(table.uploadedAt)],
);

/** Remarks at a moment of an app's timeline. */
export const annotations = sqliteTable(
  "annotations",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tenantId: integer("tenant_id").notNull(),
    service: text().notNull(), // of an app that need not be there yet
    at: integer().notNull(), // unix seconds
    content: text().notNull(),
    appName: text("app_name").notNull(), // as its author wrote it
  },
  (table) => [uniqueIndex("annotations_moment").on(table.tenantId, table.service, table.at)],
);

/** Flame graphs that are asked for now and fetched later (decision 0027). Answers are `t/<tenant>/q/<id>-<attempt>`. */
export const asyncQueries = sqliteTable(
  "async_queries",
  {
    tenantId: integer("tenant_id").notNull(),
    id: text().notNull(), // whoever has it and the tenant's credential may fetch the answer
    askedAt: integer("asked_at").notNull(), // unix seconds
    state: text({ enum: ["running", "done", "failed"] }).notNull(),
    /** The question, protobuf in base64; empty once it is answered. */
    question: text().notNull(),
    /** How often it was begun; of an answer, which of them gave it. */
    attempt: integer().notNull(),
    /** Unix seconds from which on whoever runs it is taken for dead. */
    leaseUntil: integer("lease_until").notNull(),
    storedBytes: integer("stored_bytes").notNull(),
    /** Why it failed. */
    message: text(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] }), index("async_queries_asked").on(table.askedAt)],
);
