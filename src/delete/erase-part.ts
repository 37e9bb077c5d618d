// The steps of a deletion within an app that are not the rewriting itself (compact/erase.ts): before it, objects hand over what
// they hold; after it, the catalog forgets names, and old dictionaries and objects go for good.
import { namesOf } from "../compact/erase-names.ts";
import { countShards } from "../storage/app-removal.ts";
import { advance, type DeletionRow, finish } from "../storage/deletions.ts";
import { forgetDrawn } from "../storage/live-embeds.ts";
import { hastenRetired, purgeRetired, retireDictionaries } from "../storage/purge.ts";
import { putTypesBack, removeTypes, typeRows } from "../storage/remaining-names.ts";
import type { AppName, DeletionPorts } from "./ports.ts";

/** What came before is in the catalog from here on, and in no object. */
export async function flushShards(ports: DeletionPorts, app: AppName, row: DeletionRow): Promise<void> {
  const shards = await countShards(ports.database, app.appId);
  const horizons: Record<number, number> = {};
  const epochs: Record<number, number> = {};
  for (let shard = 0; shard < shards; shard++) {
    const { part, epoch } = await ports.flush(app, shard);
    horizons[shard] = part;
    epochs[shard] = epoch;
  }
  // What it holds is not told apart by label or time, and it is not worth keeping.
  await ports.clearInbox(app.tenant, app.service);
  await advance(ports.database, row, { state: "merge", progress: { horizons, epochs } }).run();
}

/** Types that no segment has any more, and no object, leave the catalog. Labels have (compact/erase-names.ts). */
export async function forgetTypes(ports: DeletionPorts, app: AppName, row: DeletionRow): Promise<void> {
  const { database } = ports;
  const types = new Set(namesOf(row).types);
  const rows = await typeRows(database, app.appId);
  const isLive = await liveTypes(ports, app);
  const gone = [...rows.keys()].filter((type) => !types.has(type) && !isLive.has(type));
  if (gone.length > 0) {
    await removeTypes(database, app.appId, gone).run();
    // One that an upload has just announced again is known to its object, which won't repeat it.
    const since = await liveTypes(ports, app);
    const back = gone.filter((type) => since.has(type)).flatMap((type) => rows.get(type) ?? []);
    if (back.length > 0) await putTypesBack(database, back).run();
  }
  await advance(database, row, { state: "purge" }).run();
}

async function liveTypes(ports: DeletionPorts, app: AppName): Promise<Set<string>> {
  const types = new Set<string>();
  const shards = await countShards(ports.database, app.appId);
  for (let shard = 0; shard < shards; shard++) {
    for (const type of await ports.typesSinceFlush(app, shard)) types.add(type);
  }
  return types;
}

interface PurgeProgress {
  readonly epoch?: number;
  readonly epochs?: Record<string, number>;
  /** Unix seconds by which all that holds what was deleted has gone. */
  readonly purgeBy?: number;
}

/** @returns whether it has to wait: a running query may still read what was replaced a moment ago */
export async function purge(ports: DeletionPorts, row: DeletionRow): Promise<boolean> {
  const { database, store, clock, forget } = ports;
  const now = Math.floor(clock());
  const progress = (row.progress ?? {}) as PurgeProgress;
  const { epoch = 0, epochs = {} } = progress;
  let { purgeBy } = progress;
  if (purgeBy === undefined) {
    await retireDictionaries(database, row.appId, { epoch, epochs, now });
    purgeBy = await hastenRetired(database, row, now);
    await advance(database, row, { state: "purge", progress: { ...progress, purgeBy } }).run();
  }
  const isPurged = await purgeRetired(database, store, row, { now, by: purgeBy });
  forget(row.appId);
  if (!isPurged || !(await forgetDrawn(ports, row.tenantId))) return true;
  await finish(database, row, now).run();
  return false;
}
