// Looks into the catalog, and puts rows there by hand.
import { env } from "cloudflare:workers";

const TABLES = [
  "apps",
  "segments",
  "compactions",
  "retention",
  "redating",
  "retired_objects",
  "dictionaries",
  "deletions",
  "shards",
  "shares",
  "live_embeds",
  "share_reports",
  "share_rates",
];

export async function emptyCatalog(): Promise<void> {
  await env.CATALOG.batch(TABLES.map((table) => env.CATALOG.prepare(`DELETE FROM ${table}`)));
}

export const rows = async <T>(sql: string, ...given: unknown[]): Promise<T[]> =>
  (
    await env.CATALOG.prepare(sql)
      .bind(...given)
      .all<T & Record<string, unknown>>()
  ).results;

/** @returns its id */
export async function makeApp(name: string): Promise<number> {
  await env.CATALOG.prepare(
    "INSERT INTO tenants (name, created_at) VALUES ('anonymous', 1) ON CONFLICT DO NOTHING",
  ).run();
  const [row] = await rows<{ id: number }>(
    "INSERT INTO apps (tenant_id, name, created_at) SELECT id, ?1, 1 FROM tenants WHERE name = 'anonymous' RETURNING id",
    name,
  );
  return row!.id;
}
