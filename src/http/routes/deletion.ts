// Deletion: api/deletions, and DELETE api/apps of Pyroscope 0.3x.
import { type Deletion, DeletionRequest, type DeletionsResponse, OldDeletion } from "../../api/deletion.ts";
import { pushDeletion } from "../../delete/push-deletion.ts";
import { AppError, corrupt, invalidArgument } from "../../lib/app-error.ts";
import { logEvent, messageOf } from "../../lib/log.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import { END_OF_TIME, exactTimeForm } from "../../lib/time-form.ts";
import { type ChosenSeries, deletionOfOldName, seriesChoice } from "../../profile/deletion-choice.ts";
import { type CatalogApp, d1CatalogReads } from "../../storage/catalog-reads.ts";
import {
  type DeletionRow,
  isPartial,
  orderAppDeletion,
  orderPartialDeletion,
  orderTenantDeletion,
  readDeletion,
  readDeletions,
} from "../../storage/deletions.ts";
import type { AppContext } from "../context.ts";
import { deletionPorts } from "../deletion-ports.ts";
import { checked, readJson, readText } from "../json-body.ts";
import { clockOf, inboxObject, tenantOf } from "../ports.ts";

/** What is not done after this long is left to cron. */
const PUSH_MS = 10_000;
/** Slots of 10 s are the finest that a range can cut. */
const SLOT_SECONDS = 10;

/** POST: 202 with the deletion as far as it has come. */
export async function postDeletion(c: AppContext): Promise<Response> {
  const request = await readJson(c.req.raw, DeletionRequest);
  const { tenant, app: service, query, from, until } = request;
  if ((tenant === true) === (service !== undefined)) throw invalidArgument('give either "app" or "tenant": true');
  if (tenant === true) {
    if (query !== undefined || from !== undefined || until !== undefined)
      throw invalidArgument('"tenant": true deletes everything: it takes no query, from or until');
    return c.json(await ordered(c, await orderTenant(c)), 202);
  }
  const app = await appNamed(c, service ?? "");
  const choice = query === undefined ? null : seriesChoice(query, app.service, app.types);
  const range = rangeOf(c, from, until);
  return c.json(await ordered(c, await orderFor(c, app, choice, range)), 202);
}

/** GET: all of the tenant's, newest first. */
export async function listDeletions(c: AppContext): Promise<Response> {
  const rows = await readDeletions(c.env.CATALOG, { tenant: tenantOf(), hash: await tenantHash(), id: null });
  return c.json({ deletions: rows.map(deletionOf) } satisfies DeletionsResponse, 200, { "cache-control": "no-store" });
}

export async function getDeletion(c: AppContext): Promise<Response> {
  const text = c.req.param("id") ?? "";
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  const [row] = await readDeletions(c.env.CATALOG, { tenant: tenantOf(), hash: await tenantHash(), id });
  if (row === undefined) throw new AppError("not_found", `there is no deletion ${text}`);
  return c.json(deletionOf(row), 200, { "cache-control": "no-store" });
}

/** DELETE api/apps: the name in the query, a form or a JSON body. 200 once it is done, 202 while cron goes on with it. */
export async function deleteOldApp(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const { name } = await oldNameOf(c);
  const catalog = d1CatalogReads(c.env.CATALOG);
  const target = deletionOfOldName(name, await catalog.apps(tenantOf(), null));
  if (target === null) throw new AppError("not_found", `there is no app ${JSON.stringify(name)}`);
  const choice = target.typeIds === null ? null : { text: name, typeIds: target.typeIds, matchers: [] };
  const deletion = await ordered(c, await orderFor(c, target.app, choice, { from: null, until: null }));
  return c.json(deletion, deletion.state === "done" ? 200 : 202);
}

async function oldNameOf(c: AppContext): Promise<OldDeletion> {
  const name = c.req.query("name");
  if (name !== undefined) return checked(OldDeletion, { name });
  if ((c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded")) {
    return checked(OldDeletion, { name: new URLSearchParams(await readText(c.req.raw)).get("name") ?? "" });
  }
  if (c.req.raw.body === null) throw invalidArgument("'name' is required: in the query, a form or a JSON body");
  return readJson(c.req.raw, OldDeletion);
}

async function appNamed(c: AppContext, service: string): Promise<CatalogApp> {
  const [app] = await d1CatalogReads(c.env.CATALOG).apps(tenantOf(), [service]);
  if (app !== undefined) return app;
  // One all of whose uploads were refused is in the inbox alone.
  await inboxObject(c.env, tenantOf()).clear(service);
  throw new AppError("not_found", `there is no app ${JSON.stringify(service)}`);
}

interface OrderRange {
  readonly from: number | null;
  readonly until: number | null;
}

function rangeOf(c: AppContext, from: string | number | undefined, until: string | number | undefined): OrderRange {
  const now = clockOf(c.env)();
  const at = (form: string | number | undefined, round: (slots: number) => number) => {
    if (form === undefined) return null;
    const seconds = typeof form === "number" ? form : exactTimeForm(form, now);
    if (seconds === null)
      throw invalidArgument(
        `${JSON.stringify(form)} is no time: expected now-2d, unix seconds, 20260131 or an ISO date`,
      );
    if (!(seconds >= 0 && seconds < END_OF_TIME)) throw invalidArgument(`${form} is no time between 1970 and 9999`);
    return round(seconds / SLOT_SECONDS) * SLOT_SECONDS;
  };
  const range = { from: at(from, Math.floor), until: at(until, Math.ceil) };
  if (range.from !== null && range.until !== null && range.from >= range.until)
    throw invalidArgument("from must be before until");
  return range;
}

const orderBase = (c: AppContext, app: CatalogApp) => ({
  tenantId: app.tenantId,
  appId: app.appId,
  service: app.service,
  now: Math.floor(clockOf(c.env)()),
});

const orderFor = (c: AppContext, app: CatalogApp, choice: ChosenSeries | null, range: OrderRange): Promise<number> =>
  choice === null && range.from === null && range.until === null
    ? orderAppDeletion(c.env.CATALOG, orderBase(c, app))
    : orderPartialDeletion(c.env.CATALOG, { ...orderBase(c, app), choice, ...range });

async function orderTenant(c: AppContext): Promise<number> {
  const tenant = tenantOf();
  const row = await c.env.CATALOG.prepare("SELECT id FROM tenants WHERE name = ?").bind(tenant).first<{ id: number }>();
  if (row === null) {
    await inboxObject(c.env, tenant).clear(null);
    throw new AppError("not_found", "nothing was uploaded yet: there is nothing to delete");
  }
  const now = Math.floor(clockOf(c.env)());
  return orderTenantDeletion(c.env.CATALOG, { tenantId: row.id, tenant, hash: await tenantHash(), now });
}

/** Begins the work, and says how far it came. What fails here is tried again by cron. */
async function ordered(c: AppContext, id: number): Promise<Deletion> {
  try {
    await pushDeletion(deletionPorts(c.env), id, Date.now() + PUSH_MS);
  } catch (error) {
    logEvent("deletion_failed", { id, message: messageOf(error) });
  }
  const row = await readDeletion(c.env.CATALOG, id);
  if (row === null) throw corrupt(`deletion ${id} is not in the catalog`);
  return deletionOf(row);
}

const tenantHash = (): Promise<string> => sha256Hex(tenantOf());

function deletionOf(row: DeletionRow): Deletion {
  const { id, appId, service, choice, from, until, requestedAt, doneAt, state } = row;
  const kind = appId === 0 ? "tenant" : isPartial(row) ? "part" : "app";
  return {
    id,
    kind,
    app: kind === "tenant" || service === "" ? null : service,
    query: choice === null || choice.text === "" ? null : choice.text,
    from,
    until,
    requestedAt,
    doneAt,
    state: state === "done" ? "done" : "working",
    step: state,
  };
}
