// Live embeds: made with the scope read, seen by anyone with the link, revoked by its secret or the operator (decision 0022).
import { EmbedRequest } from "../../api/embed.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { logEvent, messageOf } from "../../lib/log.ts";
import type { QueryPorts } from "../../query/ports.ts";
import { renderGraph } from "../../query/render.ts";
import { dataHeaders, noticeHeaders, pageHeaders, pictureHeaders } from "../../share/headers.ts";
import { LIVE_EMBEDS } from "../../share/limits.ts";
import { type AskQuery, createEmbed, drawnNow } from "../../share/live-embed.ts";
import { livePageHtml, REVOKED_PAGE, revokePage } from "../../share/live-html.ts";
import type { SharePorts } from "../../share/ports.ts";
import { livePreview } from "../../share/preview/preview.ts";
import { hashOf, isKey, isSecret } from "../../share/secrets.ts";
import {
  type DrawnEmbed,
  findEmbed,
  type LiveEmbedRow,
  listEmbeds,
  readDrawn,
  readEmbed,
  removeEmbed,
  storeDrawn,
} from "../../storage/live-embeds.ts";
import type { AppContext } from "../context.ts";
import { requireOwnSite } from "../gate.ts";
import { gzipped } from "../gzipped.ts";
import { readJson } from "../json-body.ts";
import { clockOf, queryPorts, sharePorts, tenantOf } from "../ports.ts";
import { missingPage, pageTemplate } from "../share-pages.ts";
import { tenantLimits } from "../tenant-limits.ts";
import { asked } from "./read.ts";

/** POST api/embeds. */
export async function postEmbed(c: AppContext): Promise<Response> {
  requireOwnSite(c.req.raw);
  const request = await readJson(c.req.raw, EmbedRequest);
  const answer = await createEmbed(sharePorts(c), request, asking(queryPorts(c.env, c.get("limits"))));
  return c.json(answer, 200, { "cache-control": "no-store" });
}

const asking =
  (ports: QueryPorts): AskQuery =>
  ({ query, rangeSeconds }) => {
    const until = Math.floor(ports.clock());
    const question = new URLSearchParams({ query, from: String(until - rangeSeconds), until: String(until) });
    return asked(() => renderGraph(ports, question));
  };

const MOST_LISTED = 100;

/** GET api/embeds?before=<id>: a tenant's own, newest first. Their links are known to who made them only. */
export async function getEmbeds(c: AppContext): Promise<Response> {
  const below = Number(c.req.query("before") ?? Number.MAX_SAFE_INTEGER);
  if (!(below > 0)) throw invalidArgument('"before" is the last id of the page before');
  const now = Math.floor(clockOf(c.env)());
  const rows = await listEmbeds(c.env.CATALOG, { tenant: tenantOf(), now, below, most: MOST_LISTED });
  const embeds = rows.map(
    ({ id, title, query, rangeSeconds, redact, frameHosts, createdAt, expiresAt, renderedAt }) => ({
      id,
      title,
      query,
      rangeSeconds,
      redact: JSON.parse(redact) as unknown,
      frameHosts: hostsOf({ frameHosts }),
      createdAt,
      expiresAt,
      renderedAt: renderedAt === 0 ? null : renderedAt,
    }),
  );
  const next = rows.length < MOST_LISTED ? null : (rows.at(-1)?.id ?? null);
  return c.json({ embeds, next }, 200, { "cache-control": "no-store" });
}

/** DELETE api/embeds/<id or token>: revoked by the operator. */
export async function revokeEmbed(c: AppContext): Promise<Response> {
  const named = c.req.param("id") ?? "";
  const now = Math.floor(clockOf(c.env)());
  const row = isKey(named) ? await embedOf(c, named) : await readEmbed(c.env.CATALOG, Number(named) || 0, now);
  if (row?.tenant !== tenantOf()) throw new AppError("not_found", "there is no such live embed");
  await removeEmbed(sharePorts(c), row);
  return c.body(null, 204);
}

/** GET embed/<token>: the page that others frame. */
export async function embedPage(c: AppContext): Promise<Response> {
  const token = c.req.param("token") ?? "";
  const row = await embedOf(c, token);
  if (row === null) return missingPage(true);
  const html = livePageHtml(await pageTemplate(c), { row, token, root: sharePorts(c).root });
  return new Response(html, { headers: pageHeaders({ by: hostsOf(row) }) });
}

/** GET embed/<token>/data. */
export async function embedData(c: AppContext): Promise<Response> {
  const row = await embedOf(c, c.req.param("token") ?? "");
  if (row === null) return missingPage();
  const { at, bytes } = await drawn(c, row);
  const headers = new Headers(dataHeaders("application/json; charset=utf-8"));
  // No longer than until there is something newer.
  const age = Math.floor(clockOf(c.env)()) - at;
  headers.set("cache-control", `public, max-age=${Math.max(1, LIVE_EMBEDS.freshSeconds - age)}`);
  return gzipped(c.req.raw, bytes, headers);
}

/** GET embed/<token>/preview.png. */
export async function embedPreview(c: AppContext): Promise<Response> {
  const row = await embedOf(c, c.req.param("token") ?? "");
  if (row === null) return missingPage();
  const picture = await pictureOf(sharePorts(c), row, await drawn(c, row));
  return new Response(picture, { headers: pictureHeaders("image/png") });
}

/** Drawn once of what is kept: the picture is of its second. */
async function pictureOf(ports: SharePorts, row: LiveEmbedRow, drawn: DrawnEmbed): Promise<DrawnEmbed["bytes"]> {
  const { at } = drawn;
  const kept = await readDrawn(ports.bucket, row, "preview.png");
  if (kept?.at === at) return kept.bytes;
  const { picture, isNew } = await livePreview(row, drawn);
  if (isNew) await storeDrawn(ports, row, "preview.png", { at, bytes: picture });
  return picture;
}

/** Why it can't be drawn is not for readers: the reason may name what was taken out. */
async function drawn(c: AppContext, row: LiveEmbedRow): Promise<DrawnEmbed> {
  const ports = queryPorts(c.env, await tenantLimits(c.env, row.tenant), row.tenant);
  const found = await drawnNow(sharePorts(c), row, asking(ports)).catch((error: unknown) => {
    logEvent("live_embed_failed", { id: row.id, message: messageOf(error) });
    throw notNow(LIVE_EMBEDS.freshSeconds);
  });
  if (found === null) throw notNow(LIVE_EMBEDS.drawingSeconds);
  return found;
}

const notNow = (retryAfterSeconds: number): AppError =>
  new AppError("unavailable", "this can't be drawn right now", { retryAfterSeconds });

/** GET embed/<token>/delete/<secret> asks, POST of its form and DELETE do it. */
export async function deleteEmbed(c: AppContext): Promise<Response> {
  const token = c.req.param("token") ?? "";
  const row = await embedOf(c, token);
  if (row === null || !(await isSecret(c.req.param("secret") ?? "", row.revokeHash))) return missingPage();
  // HEAD comes here as well: whoever looks at a link must not revoke by it.
  if (c.req.method !== "DELETE" && c.req.method !== "POST")
    return new Response(revokePage(row.title, token), { headers: noticeHeaders(true) });
  await removeEmbed(sharePorts(c), row);
  if (c.req.method === "DELETE") return new Response(null, { status: 204 });
  return new Response(REVOKED_PAGE, { headers: noticeHeaders() });
}

async function embedOf(c: AppContext, token: string): Promise<LiveEmbedRow | null> {
  if (!isKey(token)) return null;
  return findEmbed(c.env.CATALOG, await hashOf(token), Math.floor(clockOf(c.env)()));
}

const hostsOf = ({ frameHosts }: Pick<LiveEmbedRow, "frameHosts">): string[] | null =>
  frameHosts === null ? null : (JSON.parse(frameHosts) as string[]);
