// A whole app, already a tombstone: its objects are emptied, its prefix of the bucket and its rows deleted. Every step may be
// repeated, and two may work on the same app.
import { appPrefix } from "../segment/keys.ts";
import { countShards, removeAppRow, removeAppRows } from "../storage/app-removal.ts";
import { removePrefix } from "../storage/prefix-delete.ts";
import type { AppName, DeletionPorts } from "./ports.ts";

/** Thousands of R2 objects in one step. */
const CALLS_PER_STEP = 5;
/** Calls to objects that may be open at once. */
const WIPES_AT_ONCE = 4;

/** Nothing of the app is live any more: uploads that come from here on begin a new one. */
export async function stopApp(ports: DeletionPorts, app: AppName): Promise<void> {
  // The home may be about to split. It alone knows how many objects there are then: it goes last.
  const told = await ports.retire(app);
  const shards = Math.max(told, await countShards(ports.database, app.appId));
  for (let shard = 1; shard < shards; shard += WIPES_AT_ONCE) {
    const some = Array.from({ length: Math.min(WIPES_AT_ONCE, shards - shard) }, (_, i) => shard + i);
    await Promise.all(some.map((one) => ports.wipe(app, one)));
  }
  await ports.wipe(app, 0);
  await ports.stopMerging(app);
  await ports.clearInbox(app.tenant, app.service);
}

/** @returns whether it is done */
export const removeObjects = ({ bucket }: DeletionPorts, key: { tenantId: number; appId: number }): Promise<boolean> =>
  removePrefix(bucket, appPrefix(key), CALLS_PER_STEP);

/**
 * @param except the deletion that is at work
 * @returns whether it is done; not while an object turned up that was put in the meantime
 */
export async function removeRows(
  { database, bucket, forget }: DeletionPorts,
  key: { tenantId: number; appId: number },
  except: number,
): Promise<boolean> {
  if (!(await removeAppRows(database, { ...key, except }))) return false;
  forget(key.appId);
  if (!(await removePrefix(bucket, appPrefix(key), 1))) return false;
  await removeAppRow(database, key.appId).run();
  return true;
}
