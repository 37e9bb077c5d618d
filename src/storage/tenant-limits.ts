// What a tenant said about its limits: one column of its row in the catalog.

/** JSON, or null when nothing was said or nothing is known of the tenant. */
export async function readTenantLimits(database: D1Database, tenant: string): Promise<unknown> {
  const row = await database
    .prepare("SELECT limits FROM tenants WHERE name = ?")
    .bind(tenant)
    .first<{ limits: string | null }>();
  return row === null || row.limits === null ? null : (JSON.parse(row.limits) as unknown);
}

/** A tenant may be told its limits before its first upload. */
export async function writeTenantLimits(
  database: D1Database,
  tenant: string,
  limits: Readonly<Record<string, unknown>>,
  now: number,
): Promise<void> {
  const text = Object.keys(limits).length === 0 ? null : JSON.stringify(limits);
  await database
    .prepare(
      `INSERT INTO tenants (name, created_at, limits) VALUES (?1, ?2, ?3)
       ON CONFLICT (name) DO UPDATE SET limits = excluded.limits`,
    )
    .bind(tenant, now, text)
    .run();
}
