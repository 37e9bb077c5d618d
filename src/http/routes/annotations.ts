// api/annotations: remarks on timelines. Whoever may write may write and delete them; readers see them with each /render.
import { type AnnotationsResponse, NewAnnotation } from "../../api/annotations.ts";
import { ANNOTATIONS } from "../../config/clients.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { END_OF_TIME, exactTimeForm, parseTimeForm } from "../../lib/time-form.ts";
import { parseAppName } from "../../profile/app-name.ts";
import { deletionOfOldName } from "../../profile/deletion-choice.ts";
import { splitOldName } from "../../profile/old-names.ts";
import { parseRange } from "../../query/params.ts";
import {
  type AnnotationRow,
  deleteAnnotation,
  type NewRemark,
  readAnnotations,
  writeAnnotations,
} from "../../storage/annotations.ts";
import { d1CatalogReads } from "../../storage/catalog-reads.ts";
import type { AppContext } from "../context.ts";
import { requireOwnSite } from "../gate.ts";
import { readJson } from "../json-body.ts";
import { clockOf, tenantOf } from "../ports.ts";
import { requireTextBytes, tooMany } from "../requirements.ts";

/** POST: 201 with the annotation, or with a list where several apps were named. */
export async function postAnnotation(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  requireOwnSite(c.req.raw);
  const { appName, appNames, content, timestamp } = await readJson(c.req.raw, NewAnnotation);
  if (appName && appNames?.length) throw invalidArgument("only one of 'appName' and 'appNames' can be specified");
  const names = appName ? [appName] : (appNames ?? []);
  if (names.length === 0) throw invalidArgument("at least one of 'appName' and 'appNames' needs to be specified");
  const text = content.trim();
  if (text === "") throw invalidArgument("invalid content: it is empty");
  requireTextBytes("annotationBytes", "content", text, ANNOTATIONS.contentBytes);
  const now = clockOf(c.env)();
  const at = momentOf(timestamp, now);
  const remarks = await remarksOn(c, [...new Set(names)]);
  for (const { appName: name, service } of remarks)
    for (const kept of [name, service])
      requireTextBytes("annotationNameBytes", "the app's name", kept, ANNOTATIONS.nameBytes);
  const written = await writeAnnotations(c.env.CATALOG, tenantOf(), { remarks, content: text, at }, now);
  if (written === null) throw tooMany("annotations", "annotations", ANNOTATIONS.most);
  return c.json(appName ? written[0] : written, 201);
}

/** One for each name. @throws AppError invalid_argument when a name is none */
async function remarksOn(c: AppContext, names: readonly string[]): Promise<NewRemark[]> {
  const catalog = d1CatalogReads(c.env.CATALOG);
  // Services that were pushed may be called anything, which old names can't.
  const services = new Set((await catalog.apps(tenantOf(), names)).map(({ service }) => service));
  const unknown = names.filter((name) => !services.has(name)).map((name) => parseAppName(name).app);
  const candidates = new Set(unknown.flatMap(splitOldName).map(({ service }) => service));
  const apps = candidates.size === 0 ? [] : await catalog.apps(tenantOf(), [...candidates]);
  return names.map((name) => {
    if (services.has(name)) return { service: name, appName: name };
    const { app } = parseAppName(name);
    return { service: deletionOfOldName(app, apps)?.app.service ?? app, appName: app };
  });
}

function momentOf(timestamp: string | number | undefined, now: number): number {
  if (timestamp === undefined || timestamp === 0 || timestamp === "") return Math.floor(now);
  const seconds =
    typeof timestamp === "string"
      ? exactTimeForm(timestamp, now)
      : timestamp > 0 && timestamp <= Number.MAX_SAFE_INTEGER
        ? parseTimeForm(String(Math.floor(timestamp)), now)
        : null;
  if (seconds === null || !(seconds > 0 && seconds < END_OF_TIME))
    throw invalidArgument(`invalid timestamp ${JSON.stringify(timestamp)}: unix seconds, now-1h or an ISO date`);
  return seconds;
}

/** GET: newest first; `app`, `from` and `until` narrow it down. */
export async function getAnnotations(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  const { app, from, until } = c.req.query();
  const range = from || until ? parseRange(from || "0", until, clockOf(c.env)()) : { from: 0, until: END_OF_TIME };
  const [remark] = app ? await remarksOn(c, [app]) : [];
  const names = remark === undefined ? null : [remark.service, remark.appName];
  const annotations: AnnotationRow[] = await readAnnotations(c.env.CATALOG, tenantOf(), names, range);
  return c.json({ annotations } satisfies AnnotationsResponse, 200, { "cache-control": "no-store" });
}

/** DELETE api/annotations/<id>. */
export async function removeAnnotation(c: AppContext): Promise<Response> {
  c.set("dialect", "old");
  requireOwnSite(c.req.raw);
  const text = c.req.param("id") ?? "";
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (!(await deleteAnnotation(c.env.CATALOG, tenantOf(), id)))
    throw new AppError("not_found", `there is no annotation ${JSON.stringify(text.slice(0, 100))}`);
  return c.body(null, 204);
}
