// api/retention: how long the tenant's and an app's nodes are kept.
import { keptSeconds, LEAST_KEPT_SECONDS, RetentionChange, type RetentionResponse } from "../../api/retention.ts";
import { type RetentionClass, SPAN_CLASS } from "../../config.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { redateApps } from "../../storage/redating.ts";
import {
  type KeptClass,
  keptClasses,
  RETENTION_CLASSES,
  type RetentionRows,
  readRetention,
  writeRetention,
} from "../../storage/retention.ts";
import type { AppContext } from "../context.ts";
import { readJson } from "../json-body.ts";
import { tenantOf } from "../ports.ts";

/** Apps of a tenant whose segments get their new dates before the answer. */
const APPS_AT_ONCE = 50;

/** GET: `app` names a service; without it the tenant's own. */
export async function getRetention(c: AppContext): Promise<Response> {
  const service = c.req.query("app") ?? null;
  return answer(c, service, await readRetention(c.env.CATALOG, tenantOf(), service));
}

/** PUT: changes the classes that are named, and answers with what then holds. */
export async function putRetention(c: AppContext): Promise<Response> {
  const change = await readJson(c.req.raw, RetentionChange);
  const service = change.app ?? null;
  const rows = await readRetention(c.env.CATALOG, tenantOf(), service);
  const appId = service === null ? 0 : appOf(rows, service).id;
  const changes = new Map<RetentionClass, number | null | undefined>();
  for (const finest of RETENTION_CLASSES) {
    const kept = change.keep[finest];
    if (kept === undefined) continue;
    const seconds = kept === null ? undefined : keptSeconds(kept);
    if (kept !== null && seconds === undefined) {
      throw invalidArgument(
        `keep.${finest}: expected seconds (at least ${LEAST_KEPT_SECONDS}), a duration such as "14d", "forever" or null`,
      );
    }
    changes.set(finest, seconds);
  }
  if (rows.tenantId === null) throw new AppError("not_found", "nothing was uploaded yet: there is nothing to keep");
  requireOrder(rows, appId, changes);
  await writeRetention(c.env.CATALOG, { tenantId: rows.tenantId, appId }, changes);
  // The rest is for cron; nothing goes by an old date in the meantime.
  if (appId === 0) await redateApps(c.env.CATALOG, APPS_AT_ONCE);
  return answer(c, service, await readRetention(c.env.CATALOG, tenantOf(), service));
}

function appOf({ apps }: RetentionRows, service: string): RetentionRows["apps"][number] {
  const app = apps.find(({ name }) => name === service);
  if (app === undefined) throw new AppError("not_found", `there is no app ${JSON.stringify(service)}`);
  return app;
}

/** Coarse nodes must be there where fine ones are: a range's middle is read from them. */
function requireOrder(rows: RetentionRows, appId: number, changes: ReadonlyMap<number, number | null | undefined>) {
  const own = new Map(rows.byApp.get(appId));
  for (const [finest, seconds] of changes) {
    if (seconds === undefined) own.delete(finest);
    else own.set(finest, seconds);
  }
  const byApp = new Map(rows.byApp).set(appId, own);
  for (const app of appId === 0 ? [null, ...rows.apps] : rows.apps) {
    let finer: KeptClass | null = null;
    for (const one of keptClasses({ byApp }, app)) {
      if (one.finest === SPAN_CLASS) continue; // nothing else is read in their place
      const [longer, shorter] = [finer?.seconds ?? Number.POSITIVE_INFINITY, one.seconds ?? Number.POSITIVE_INFINITY];
      if (finer !== null && longer > shorter) {
        const whose = app === null ? "" : ` for ${JSON.stringify(app.name)}`;
        throw invalidArgument(
          `class ${one.finest} would go before class ${finer.finest}${whose}: keep it at least as long`,
        );
      }
      finer = one;
    }
  }
}

function answer(c: AppContext, service: string | null, rows: RetentionRows): Response {
  const classes = keptClasses(rows, service === null ? null : appOf(rows, service));
  return c.json({ app: service, classes } satisfies RetentionResponse, 200, { "cache-control": "no-store" });
}
