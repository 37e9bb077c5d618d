// What an app's object writes into the catalog (D1). Every function may be repeated with the same
// arguments: a retry changes nothing.
import { and, eq, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { RETENTION, type RetentionClass, ROW_BYTES, SPANS, WINDOW_SECONDS } from "../config.ts";
import { corrupt } from "../lib/app-error.ts";
import { toBase64 } from "../lib/base64.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import type { SegmentObject } from "../segment/segment-writer.ts";
import { MARKED } from "./remaining-names.ts";
import { compactions, dictionaries, profileTypes, retiredObjects, segments, shards } from "./schema.ts";

export interface AppIdentity {
  readonly tenantId: number;
  readonly appId: number;
}

export interface SegmentRow {
  readonly width: number;
  readonly start: number;
  readonly finest: number;
  readonly objectKey: string;
  readonly objectBytes: number;
  readonly headOffset: number;
  readonly headLength: number;
  readonly head: string | null;
}

/** A segment of a shard's part. */
export interface PartRow extends SegmentRow {
  readonly part: number;
}

export interface SealedLabel {
  readonly name: string;
  readonly value: string;
  /** Days since 1970. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Where an object is, and its head: in base64, null when it is too large for a row. */
export function placeOf(objectKey: string, { bytes, head, headOffset }: SegmentObject) {
  const text = toBase64(head);
  return {
    objectKey,
    objectBytes: bytes.length,
    headOffset,
    headLength: head.length,
    head: text.length > ROW_BYTES / 4 ? null : text,
  };
}

/** Ids do not shrink, and few questions want them: only a short head is worth room in the row. */
export function placeOfSpans(objectKey: string, object: SegmentObject) {
  const place = placeOf(objectKey, object);
  return object.head.length > SPANS.headBytes ? { ...place, head: null } : place;
}

export interface DictionaryRow {
  readonly fromNode: number;
  readonly toNode: number;
  readonly objectKey: string;
  readonly objectBytes: number;
}

export interface SealCommit {
  readonly appId: number;
  readonly shard: number;
  readonly epoch: number;
  /** Of one part or of several, all of which become visible at once. */
  readonly segments: readonly PartRow[];
  /** Null when no node is new. `replaces` are earlier rows that it covers. */
  readonly dictionary: { added: DictionaryRow; replaces: readonly DictionaryRow[] } | null;
  readonly labels: readonly SealedLabel[];
  readonly firstSlot: number;
  readonly lastSlot: number;
  /** Unix seconds. */
  readonly now: number;
  /** Unix seconds after which replaced objects may go. */
  readonly retireAfter: number;
}

export interface CatalogWrites {
  /** The ids of a tenant's app, made when new. */
  registerApp(tenant: string, service: string, now: number): Promise<AppIdentity>;
  putTypes(appId: number, types: readonly TypeInfo[]): Promise<void>;
  /** Says that queries must ask the object. Must be durable before the first ack. */
  markLive(appId: number, shard: number, now: number): Promise<void>;
  markIdle(appId: number, shard: number): Promise<void>;
  /** Makes parts visible. Returns D1's bookmark, from which on every reader sees it. */
  commitSeal(commit: SealCommit): Promise<string | null>;
  dictionaryRows(appId: number, shard: number, epoch: number): Promise<DictionaryRow[]>;
}

export function d1CatalogWrites(database: D1Database): CatalogWrites {
  const db = drizzle(database);
  return {
    async registerApp(tenant, service, now) {
      // One batch: a deletion may rename the tenant, or the app, between any two calls.
      const [, , found] = await database.batch<AppIdentity & Record<string, unknown>>([
        database
          .prepare("INSERT INTO tenants (name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
          .bind(tenant, now),
        database
          .prepare(
            `INSERT INTO apps (tenant_id, name, created_at) SELECT id, ?2, ?3 FROM tenants WHERE name = ?1
             ON CONFLICT DO NOTHING`,
          )
          .bind(tenant, service, now),
        database
          .prepare(
            `SELECT a.tenant_id AS tenantId, a.id AS appId FROM apps a JOIN tenants t ON t.id = a.tenant_id
             WHERE t.name = ?1 AND a.name = ?2`,
          )
          .bind(tenant, service),
      ]);
      const identity = found?.results[0];
      if (identity === undefined) throw corrupt("app row is missing");
      return { tenantId: identity.tenantId, appId: identity.appId };
    },
    async putTypes(appId, types) {
      for (const { id, ...facts } of types) {
        await db
          .insert(profileTypes)
          .values({ appId, typeId: id, ...facts })
          .onConflictDoUpdate({ target: [profileTypes.appId, profileTypes.typeId], set: facts });
      }
    },
    async markLive(appId, shard, now) {
      await db
        .insert(shards)
        .values({ appId, shard, liveSince: now, lastPart: 0 })
        .onConflictDoUpdate({
          target: [shards.appId, shards.shard],
          set: { liveSince: sql`coalesce(${shards.liveSince}, ${now})` },
        });
    },
    async markIdle(appId, shard) {
      await db
        .update(shards)
        .set({ liveSince: null })
        .where(and(eq(shards.appId, appId), eq(shards.shard, shard)));
    },
    commitSeal: (commit) => commitSeal(database, db, commit),
    async dictionaryRows(appId, shard, epoch) {
      const { fromNode, toNode, objectKey, objectBytes } = dictionaries;
      return db
        .select({ fromNode, toNode, objectKey, objectBytes })
        .from(dictionaries)
        .where(and(eq(dictionaries.appId, appId), eq(dictionaries.shard, shard), eq(dictionaries.epoch, epoch)))
        .orderBy(fromNode);
    },
  };
}

/** Hours are sealed within minutes of their end: a window compacted then rarely needs it twice. */
const COMPACTION_GRACE_SECONDS = 300;
/** What comes late comes in company. */
const LATE_WAIT_SECONDS = 120;

/** When a window that ends at `end` is worth compacting, unix seconds. */
export const compactionDue = (end: number, now: number): number =>
  Math.max(end + COMPACTION_GRACE_SECONDS, now + LATE_WAIT_SECONDS);

/** SQL for a segment's expires_at: its end and what the app, else its tenant, else the default keeps of its class. */
export function expiry(appId: number, { start, width, finest }: { start: number; width: number; finest: number }) {
  const standard = RETENTION[finest as RetentionClass] ?? null;
  return sql<number | null>`(SELECT ${start + width} + seconds FROM (
    SELECT r.seconds, r.app_id FROM retention r JOIN apps a ON a.tenant_id = r.tenant_id
      WHERE a.id = ${appId} AND r.app_id IN (0, ${appId}) AND r.finest = ${finest}
    UNION ALL SELECT ${standard}, -1 ORDER BY 2 DESC LIMIT 1))`;
}

async function commitSeal(database: D1Database, db: DrizzleD1Database, commit: SealCommit): Promise<string | null> {
  const { appId, shard, epoch, now } = commit;
  const part = Math.max(...commit.segments.map((row) => row.part));
  const statements: { toSQL(): { sql: string; params: unknown[] } }[] = [];
  for (const row of commit.segments) {
    statements.push(
      db
        .insert(segments)
        .values({ appId, shard, dictShard: shard, epoch, ...row, expiresAt: expiry(appId, row) })
        .onConflictDoNothing(),
    );
  }
  for (const start of new Set(commit.segments.map((row) => row.start - (row.start % WINDOW_SECONDS)))) {
    statements.push(
      db
        .insert(compactions)
        .values({ appId, width: WINDOW_SECONDS, start, dueAt: compactionDue(start + WINDOW_SECONDS, now), version: 1 })
        .onConflictDoUpdate({
          target: [compactions.appId, compactions.width, compactions.start],
          set: { version: sql`${compactions.version} + 1` },
        }),
    );
  }
  if (commit.dictionary !== null) {
    const { added, replaces } = commit.dictionary;
    for (const row of replaces) {
      const sameRow = and(
        eq(dictionaries.appId, appId),
        eq(dictionaries.shard, shard),
        eq(dictionaries.epoch, epoch),
        eq(dictionaries.fromNode, row.fromNode),
        eq(dictionaries.toNode, row.toNode),
      );
      statements.push(db.delete(dictionaries).where(sameRow));
      statements.push(
        db
          .insert(retiredObjects)
          .values({ objectKey: row.objectKey, deleteAfter: commit.retireAfter })
          .onConflictDoNothing(),
      );
    }
    statements.push(
      db
        .insert(dictionaries)
        .values({ appId, shard, epoch, ...added })
        .onConflictDoNothing(),
    );
  }
  statements.push(
    db
      .update(shards)
      .set({
        lastPart: sql`max(${shards.lastPart}, ${part})`,
        firstSlot: sql`min(coalesce(${shards.firstSlot}, ${commit.firstSlot}), ${commit.firstSlot})`,
        lastSlot: sql`max(coalesce(${shards.lastSlot}, ${commit.lastSlot}), ${commit.lastSlot})`,
      })
      .where(and(eq(shards.appId, appId), eq(shards.shard, shard))),
  );
  const prepared = statements.map((statement) => {
    const { sql: text, params } = statement.toSQL();
    return database.prepare(text).bind(...params);
  });
  prepared.push(...labelStatements(database, appId, commit.labels));
  const session = database.withSession("first-primary");
  await session.batch(prepared);
  return session.getBookmark();
}

/** A label takes 3 KB at most, and six times that when all of it is escaped in JSON: a parameter may have 2 MB. */
const LABELS_PER_STATEMENT = 100;

/**
 * Thousands of label values go as one JSON parameter: a statement takes at most 100 parameters. A deletion that is looking for
 * what may go (remaining-names.ts) finds the mark of what was sealed meanwhile.
 */
function labelStatements(database: D1Database, appId: number, labels: readonly SealedLabel[]): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  for (let at = 0; at < labels.length; at += LABELS_PER_STATEMENT) {
    const json = JSON.stringify(labels.slice(at, at + LABELS_PER_STATEMENT));
    statements.push(
      database
        .prepare(
          `INSERT INTO label_values (app_id, name, value, first_day, last_day, kept_by, kept_first, kept_last)
           SELECT ?1, value ->> 'name', value ->> 'value', value ->> 'firstDay', value ->> 'lastDay',
             d.id, iif(d.id IS NULL, NULL, value ->> 'firstDay'), iif(d.id IS NULL, NULL, value ->> 'lastDay')
           FROM json_each(?2), (SELECT max(id) AS id FROM deletions WHERE app_id = ?1 AND state = 'names') d WHERE true
           ON CONFLICT (app_id, name, value) DO UPDATE SET
             first_day = min(first_day, excluded.first_day), last_day = max(last_day, excluded.last_day), ${MARKED}`,
        )
        .bind(appId, json),
    );
  }
  return statements;
}
