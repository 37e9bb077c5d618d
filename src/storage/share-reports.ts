// What readers told the operator of shares. Bounded for a share and for a tenant; gone with the share, or when it is old.
import { TENANT_ID } from "./tenants.ts";

export interface ShareReport {
  readonly id: number;
  readonly shareKey: string;
  /** Of the share; null when it is gone meanwhile. */
  readonly title: string | null;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly reason: string;
  readonly details: string;
}

export interface ReportBounds {
  readonly ofShare: number;
  readonly ofTenant: number;
}

/**
 * Of each share the first is kept; beyond the bounds no further one, because there is enough to look at already.
 * @returns whether it was kept
 */
export async function insertReport(
  database: D1Database,
  report: Pick<ShareReport, "shareKey" | "createdAt" | "reason" | "details"> & { readonly tenantId: number },
  { ofShare, ofTenant }: ReportBounds,
): Promise<boolean> {
  const { tenantId, shareKey, createdAt, reason, details } = report;
  const { meta } = await database
    .prepare(
      `INSERT INTO share_reports (tenant_id, share_key, created_at, reason, details) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE (SELECT count(*) FROM share_reports WHERE tenant_id = ?1 AND share_key = ?2)
         < CASE WHEN (SELECT count(*) FROM share_reports WHERE tenant_id = ?1) < ?7 THEN ?6 ELSE 1 END`,
    )
    .bind(tenantId, shareKey, createdAt, reason, details, ofShare, ofTenant)
    .run();
  return meta.changes === 1;
}

/** A tenant's, newest first. */
export async function listReports(
  database: D1Database,
  { tenant, below, most, now }: { tenant: string; below: number; most: number; now: number },
): Promise<ShareReport[]> {
  const { results } = await database
    .prepare(
      `SELECT share_reports.id, share_key AS shareKey, shares.title, share_reports.created_at AS createdAt, reason, details
       FROM share_reports LEFT JOIN shares ON shares.key = share_key AND (expires_at IS NULL OR expires_at > ?4)
       WHERE share_reports.tenant_id = ${TENANT_ID} AND share_reports.id < ?2
       ORDER BY share_reports.id DESC LIMIT ?3`,
    )
    .bind(tenant, below, most, now)
    .all<ShareReport & Record<string, unknown>>();
  return results;
}

/** @returns whether there was one */
export async function removeReport(database: D1Database, tenant: string, id: number): Promise<boolean> {
  const { meta } = await database
    .prepare(`DELETE FROM share_reports WHERE tenant_id = ${TENANT_ID} AND id = ?2`)
    .bind(tenant, id)
    .run();
  return meta.changes === 1;
}

/** Those of shares that are gone, and old ones. */
export const forgetReports = (database: D1Database, before: number): Promise<unknown> =>
  database
    .prepare("DELETE FROM share_reports WHERE created_at < ?1 OR share_key NOT IN (SELECT key FROM shares)")
    .bind(before)
    .run();
