// Pushes a deletion on: one step after another until it is done or the time is over. Requests and cron both do, and both at
// once do no harm: a step changes nothing that is changed already, and the state only goes forward.
import { namesOf } from "../compact/erase-names.ts";
import { assertNever } from "../lib/assert.ts";
import { tenantPrefix } from "../segment/keys.ts";
import { removeTenantRows, tombstonesOf } from "../storage/app-removal.ts";
import { advance, type DeletionRow, finish, hasOlder, nameOfTombstone, readDeletion } from "../storage/deletions.ts";
import { forgetDrawn } from "../storage/live-embeds.ts";
import { removePrefix } from "../storage/prefix-delete.ts";
import { flushShards, forgetTypes, purge } from "./erase-part.ts";
import type { DeletionPorts } from "./ports.ts";
import { removeObjects, removeRows, stopApp } from "./remove-app.ts";

/** Apps of a tenant that one step removes. */
const APPS_PER_STEP = 10;
const CALLS_PER_STEP = 5;

/**
 * @param untilMs milliseconds since 1970 after which no further step is begun
 * @returns the deletion as it then is; null when there is none
 */
export async function pushDeletion(ports: DeletionPorts, id: number, untilMs: number): Promise<DeletionRow | null> {
  for (;;) {
    const row = await readDeletion(ports.database, id);
    if (row === null || row.state === "done" || Date.now() > untilMs) return row;
    const isWaiting = await step(ports, row, untilMs);
    if (isWaiting) return readDeletion(ports.database, id);
  }
}

/** @returns whether the next step has to wait for time to pass */
async function step(ports: DeletionPorts, row: DeletionRow, untilMs: number): Promise<boolean> {
  const { database } = ports;
  switch (row.state) {
    case "apps":
      await removeApps(ports, row);
      return false;
    case "wipe":
      await stopApp(ports, { tenant: await tenantName(database, row), service: row.service, appId: row.appId });
      await advance(database, row, { state: "objects" }).run();
      return false;
    case "objects":
      if (row.appId === 0 ? await removeTenantObjects(ports, row) : await removeObjects(ports, row)) {
        await advance(database, row, { state: "rows" }).run();
      }
      return false;
    case "rows":
      if (row.appId === 0 ? await removeTenant(ports, row) : await removeApp(ports, row)) {
        await finish(database, row, now(ports)).run();
      }
      return false;
    case "flush":
    case "merge":
    case "rewrite":
    case "names":
    case "purge":
      return stepWithin(ports, row, untilMs);
    case "done":
      return true;
    default:
      return assertNever(row.state);
  }
}

/** A step of a deletion within an app. */
async function stepWithin(ports: DeletionPorts, row: DeletionRow, untilMs: number): Promise<boolean> {
  const { database } = ports;
  const app = { tenant: await tenantName(database, row), service: row.service, appId: row.appId };
  switch (row.state) {
    case "flush":
      // Of one app they go one after another.
      if (await hasOlder(database, row)) return true;
      await flushShards(ports, app, row);
      return false;
    case "merge":
    case "rewrite":
      await ports.erase(app, row.id, untilMs);
      return false;
    case "names":
      if (namesOf(row).dropped === null) await forgetTypes(ports, app, row);
      else await ports.erase(app, row.id, untilMs);
      return false;
    default:
      return purge(ports, row);
  }
}

const now = ({ clock }: DeletionPorts): number => Math.floor(clock());

async function removeApps(ports: DeletionPorts, row: DeletionRow): Promise<void> {
  const { tenant } = row.progress as { tenant: string };
  const apps = await tombstonesOf(ports.database, row.tenantId, APPS_PER_STEP);
  for (const { appId, name } of apps) {
    const key = { tenantId: row.tenantId, appId };
    await stopApp(ports, { tenant, service: nameOfTombstone(name), appId });
    // An app of millions of objects takes many steps.
    if (!(await removeObjects(ports, key)) || !(await removeRows(ports, key, row.id))) return;
  }
  if (apps.length > 0) return;
  await ports.clearInbox(tenant, null);
  await advance(ports.database, row, { state: "objects" }).run();
}

const removeTenantObjects = ({ bucket }: DeletionPorts, { tenantId }: DeletionRow): Promise<boolean> =>
  removePrefix(bucket, tenantPrefix(tenantId), CALLS_PER_STEP);

/** @returns whether it is done; not while an object turned up that was put in the meantime */
async function removeTenant({ database, bucket }: DeletionPorts, { id, tenantId }: DeletionRow): Promise<boolean> {
  await database.batch(removeTenantRows(database, tenantId, id));
  return removePrefix(bucket, tenantPrefix(tenantId), 1);
}

const removeApp = async (ports: DeletionPorts, row: DeletionRow): Promise<boolean> =>
  (await removeRows(ports, row, row.id)) && forgetDrawn(ports, row.tenantId);

async function tenantName(database: D1Database, { tenantId }: DeletionRow): Promise<string> {
  const row = await database.prepare("SELECT name FROM tenants WHERE id = ?").bind(tenantId).first<{ name: string }>();
  return row?.name ?? "";
}
