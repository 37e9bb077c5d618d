// The number that a tenant has in the catalog.

/** In a statement whose first parameter is the tenant's name; null for one that nothing is known of. */
export const TENANT_ID = "(SELECT id FROM tenants WHERE name = ?1)";

/** Goes before the first row that a tenant may have: settings are saved before anything is uploaded. */
export const ensureTenant = (database: D1Database, tenant: string, now: number): D1PreparedStatement =>
  database.prepare("INSERT OR IGNORE INTO tenants (name, created_at) VALUES (?, ?)").bind(tenant, Math.floor(now));

/** Whether it is the tenant of this name that has the number. */
export const isTenant = async (database: D1Database, id: number, name: string): Promise<boolean> =>
  (await database.prepare("SELECT 1 FROM tenants WHERE id = ? AND name = ?").bind(id, name).first()) !== null;

/** The number of a tenant, which is made when it does not exist. */
export async function tenantIdOf(database: D1Database, tenant: string, now: number): Promise<number> {
  const [, found] = await database.batch<{ id: number | null }>([
    ensureTenant(database, tenant, now),
    database.prepare(`SELECT ${TENANT_ID} AS id`).bind(tenant),
  ]);
  const id = found?.results[0]?.id;
  if (typeof id !== "number") throw new Error("the tenant was not made");
  return id;
}
