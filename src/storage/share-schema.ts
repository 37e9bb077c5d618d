// The catalog's tables (D1) of what is shared: snapshots and files, live embeds, and what readers report of them.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What anyone with the link may see (decision 0018). The objects are below `t/<tenant>/s/<key>/`. */
export const shares = sqliteTable(
  "shares",
  {
    key: text().primaryKey(),
    tenantId: integer("tenant_id").notNull(),
    title: text().notNull(),
    createdAt: integer("created_at").notNull(), // unix seconds
    /** Unix seconds; null: never. */
    expiresAt: integer("expires_at"),
    /** Seconds from a view on, when it lives on by being seen. Null: it ends when it ends. */
    lifeSeconds: integer("life_seconds"),
    /** SHA-256, hex. */
    deleteHash: text("delete_hash").notNull(),
    /** JSON list of hosts that may frame it; null: any. */
    frameHosts: text("frame_hosts"),
    /** JSON: what a card says of it (ShareFacts). */
    facts: text().notNull(),
    /** Bytes of all its objects. */
    storedBytes: integer("stored_bytes").notNull(),
    /** Whose it is: 0 while nobody with a token has claimed it. */
    isClaimed: integer("is_claimed").notNull(),
  },
  (table) => [
    index("shares_tenant").on(table.tenantId, table.createdAt),
    index("shares_expire").on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
  ],
);

/** Links that show what a query finds now (decision 0022). What was drawn last is below `t/<tenant>/e/<id>/`. */
export const liveEmbeds = sqliteTable(
  "live_embeds",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tenantId: integer("tenant_id").notNull(),
    /** SHA-256 of the token in the link, hex. */
    tokenHash: text("token_hash").notNull(),
    /** Of the secret that revokes it. */
    revokeHash: text("revoke_hash").notNull(),
    title: text().notNull(),
    query: text().notNull(),
    /** Seconds up to now. */
    rangeSeconds: integer("range_seconds").notNull(),
    /** JSON: what is taken out (Redaction). */
    redact: text().notNull(),
    /** JSON list of hosts that may frame it; null: any. */
    frameHosts: text("frame_hosts"),
    createdAt: integer("created_at").notNull(), // unix seconds
    /** Unix seconds; null: when it is revoked. */
    expiresAt: integer("expires_at"),
    /** Unix seconds at which somebody last set out to draw it. */
    renderedAt: integer("rendered_at").notNull(),
  },
  (table) => [
    uniqueIndex("live_embeds_token").on(table.tokenHash),
    index("live_embeds_tenant").on(table.tenantId, table.createdAt),
  ],
);

/** What readers told the operator of a share. */
export const shareReports = sqliteTable(
  "share_reports",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    tenantId: integer("tenant_id").notNull(),
    shareKey: text("share_key").notNull(),
    createdAt: integer("created_at").notNull(), // unix seconds
    reason: text().notNull(),
    details: text().notNull(),
  },
  (table) => [index("share_reports_share").on(table.tenantId, table.shareKey)],
);

/** Anonymous uploads of an address in an hour. The address is hashed with the hour, and rows go after it. */
export const shareRates = sqliteTable(
  "share_rates",
  {
    hour: integer().notNull(), // hours since 1970
    addressHash: text("address_hash").notNull(),
    uploads: integer().notNull(),
    bytes: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.addressHash] })],
);
