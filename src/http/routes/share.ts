// Shares: made from the page, seen by anyone with the link, deleted by whoever has the secret (decision 0018).
import { ShareRequest } from "../../api/share.ts";
import { SHARING } from "../../config.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { compareShares } from "../../share/compare.ts";
import { createSnapshot, DATA_OBJECT, embedCode, ORIGINAL_OBJECT } from "../../share/create-share.ts";
import type { ShareFacts } from "../../share/facts.ts";
import { dataHeaders, noticeHeaders, pageHeaders } from "../../share/headers.ts";
import { DELETED_PAGE, deletePage, PREVIEW_SIZE, sharePageHtml, titleOf } from "../../share/page-html.ts";
import { readContent } from "../../share/read-content.ts";
import { isKey, isSecret } from "../../share/secrets.ts";
import {
  claimShare,
  listShares,
  noteView,
  removeShare,
  type ShareCursor,
  type ShareRow,
  sharePrefix,
} from "../../storage/shares.ts";
import { isTenant } from "../../storage/tenants.ts";
import { compressed } from "../compress.ts";
import type { AppContext } from "../context.ts";
import { requireOwnSite } from "../gate.ts";
import { gzipped } from "../gzipped.ts";
import { readJson } from "../json-body.ts";
import { clockOf, sharePorts, tenantOf } from "../ports.ts";
import { findShare, missingPage, pageTemplate } from "../share-pages.ts";

/** POST api/shares: a snapshot of what the page shows. */
export async function postShare(c: AppContext): Promise<Response> {
  requireOwnSite(c.req.raw);
  const request = await readJson(c.req.raw, ShareRequest, SHARING.snapshotBytes);
  const wanted = request.layout === "comparison" ? 2 : 1;
  if (request.graphs.length !== wanted)
    throw invalidArgument(`graphs: the layout ${request.layout} has ${wanted}, there are ${request.graphs.length}`);
  const isDouble = request.graphs.some(({ metadata }) => metadata.format === "double");
  if (isDouble !== (request.layout === "diff"))
    throw invalidArgument("graphs: the layout diff has a graph of format double, and no other layout does");
  const answer = await createSnapshot(sharePorts(c), request);
  return c.json(answer, 200, { "cache-control": "no-store" });
}

const MOST_LISTED = 200;

/** GET api/shares?after=<cursor>: a tenant's own, newest first; `next` is the cursor of the next page. Keys are what the links are made of, so it takes the scope admin. */
export async function getShares(c: AppContext): Promise<Response> {
  const after = cursorOf(c.req.query("after"));
  const rows = await listShares(c.env.CATALOG, { tenant: tenantOf(), after, most: MOST_LISTED });
  const last = rows.length < MOST_LISTED ? undefined : rows.at(-1);
  const next = last === undefined ? null : `${last.createdAt}.${last.key}`;
  const shares = rows.map(({ key, title, createdAt, expiresAt, storedBytes, isClaimed }) => ({
    key,
    title,
    createdAt,
    expiresAt,
    storedBytes,
    isClaimed: isClaimed === 1,
  }));
  return c.json({ shares, next }, 200, { "cache-control": "no-store" });
}

function cursorOf(text: string | undefined): ShareCursor | null {
  if (text === undefined) return null;
  const [, seconds = "", key = ""] = /^(\d{1,12})\.(.+)$/.exec(text) ?? [];
  if (!isKey(key)) throw invalidArgument('"after" is the "next" of the page before');
  return { createdAt: Number(seconds), key };
}

/** DELETE api/shares/<key>: taken down by the operator. */
export async function takeDownShare(c: AppContext): Promise<Response> {
  const row = await ownShare(c);
  if (row === null) throw new AppError("not_found", "there is no such share");
  await removeShare(sharePorts(c), row);
  return c.body(null, 204);
}

/** POST api/shares/<key>/claim?secret=…: an anonymous upload becomes the tenant's own, and lives as long as a snapshot. */
export async function postClaim(c: AppContext): Promise<Response> {
  requireOwnSite(c.req.raw);
  const row = await ownShare(c);
  const isTheirs = row !== null && (await isSecret(c.req.query("secret") ?? "", row.deleteHash));
  const now = Math.floor(clockOf(c.env)());
  const isFirst = isTheirs && (await claimShare(c.env.CATALOG, row, { now, lifeSeconds: SHARING.days * 86_400 }));
  // Whoever claims it again, or second, changes nothing, and is told what holds. It may have been deleted meanwhile.
  const claimed = isTheirs ? await findShare(c, row.key) : null;
  if (claimed === null) throw new AppError("not_found", "there is no such share, or its delete secret is another");
  const until = claimed.expiresAt === null ? null : new Date(claimed.expiresAt * 1000).toISOString();
  return c.json({ expiresAt: until, wasClaimedBefore: !isFirst });
}

/** One that the operator may decide about: the key alone opens others' as well. */
async function ownShare(c: AppContext): Promise<ShareRow | null> {
  const row = await findShare(c, c.req.param("key") ?? "");
  return row !== null && (await isTenant(c.env.CATALOG, row.tenantId, tenantOf())) ? row : null;
}

/** GET share/<key>, share/<a>/<b>. */
export const sharePage = (c: AppContext): Promise<Response> => showPage(c, false);
/** GET share/<key>/iframe, share/<a>/<b>/iframe. */
export const shareFrame = (c: AppContext): Promise<Response> => showPage(c, true);

async function showPage(c: AppContext, isEmbed: boolean): Promise<Response> {
  const keys = [c.req.param("key"), c.req.param("other")].filter((key) => key !== undefined);
  const rows = await Promise.all(keys.map((key) => findShare(c, key)));
  const shares = rows.flatMap((row) => (row === null ? [] : [{ row, facts: JSON.parse(row.facts) as ShareFacts }]));
  if (shares.length < keys.length) return missingPage(isEmbed);
  for (const { row } of shares) c.executionCtx.waitUntil(noteView(c.env.CATALOG, row, clockOf(c.env)));
  const path = `share/${keys.join("/")}`;
  const html = sharePageHtml(await pageTemplate(c), { shares, isEmbed, root: sharePorts(c).root, path });
  const by = isEmbed ? commonHosts(shares.map(({ row }) => row)) : "none";
  return new Response(html, { headers: pageHeaders({ by }) });
}

/** Two shares are framed by whom both allow. */
function commonHosts(rows: readonly ShareRow[]): readonly string[] | null {
  const lists = rows.flatMap(({ frameHosts }) => (frameHosts === null ? [] : [JSON.parse(frameHosts) as string[]]));
  const [first] = lists;
  return first === undefined ? null : first.filter((host) => lists.every((list) => list.includes(host)));
}

/** GET share/<key>/data. */
export async function shareData(c: AppContext): Promise<Response> {
  const object = await openObject(c, DATA_OBJECT);
  if (object === null) return missingPage();
  const headers = new Headers(dataHeaders("application/json; charset=utf-8"));
  return gzipped(c.req.raw, object.body, headers);
}

/** GET share/<a>/<b>/data: what changed from one to the other. */
export async function shareDifference(c: AppContext): Promise<Response> {
  const rows = await Promise.all(["key", "other"].map((param) => findShare(c, c.req.param(param) ?? "")));
  const contents = await Promise.all(rows.map((row) => (row === null ? null : readContent(c.env.SEGMENTS, row))));
  const [left, right] = contents;
  if (!left || !right) return missingPage();
  const headers = new Headers(dataHeaders("application/json; charset=utf-8"));
  return compressed(c.req.raw, JSON.stringify(compareShares(left, right)), headers);
}

/** GET oembed?url=…: for whoever turns links into what they show. */
export async function oembed(c: AppContext): Promise<Response> {
  const format = c.req.query("format") ?? "json";
  if (format !== "json") return c.json({ message: "only format=json" }, 501);
  const keys = keysOfAddress(c.req.query("url") ?? "");
  const rows = await Promise.all(keys.map((key) => findShare(c, key)));
  const found = rows.flatMap((row) => (row === null ? [] : [row]));
  if (found.length === 0 || found.length < rows.length)
    throw new AppError("not_found", "there is no share at this url");
  const { root } = sharePorts(c);
  const title = titleOf(found);
  const [width, height] = [sizeOf(c.req.query("maxwidth"), 800), sizeOf(c.req.query("maxheight"), 400)];
  const path = keys.join("/");
  const answer = {
    version: "1.0",
    type: "rich",
    provider_name: "Edgeflame",
    provider_url: root,
    title,
    width,
    height,
    cache_age: 60,
    html: embedCode(`${root}/share/${path}`, title, { width, height }),
    ...(isRoomForThumbnail(c) && {
      thumbnail_url: `${root}/api/preview/${path}.png`,
      thumbnail_width: PREVIEW_SIZE.width,
      thumbnail_height: PREVIEW_SIZE.height,
    }),
  };
  return new Response(JSON.stringify(answer), { headers: dataHeaders("application/json; charset=utf-8") });
}

/** Both sizes that are asked for hold for the thumbnail, too. */
const isRoomForThumbnail = (c: AppContext): boolean =>
  Number(c.req.query("maxwidth") ?? PREVIEW_SIZE.width) >= PREVIEW_SIZE.width &&
  Number(c.req.query("maxheight") ?? PREVIEW_SIZE.height) >= PREVIEW_SIZE.height;

const SIZE_LEAST = 200;
const sizeOf = (asked: string | undefined, most: number): number =>
  Math.max(SIZE_LEAST, Math.min(most, Math.floor(Number(asked ?? most)) || most));

/** Of `…/share/<key>`, `…/share/<a>/<b>`, with or without `/iframe`. */
function keysOfAddress(address: string): string[] {
  const match = /\/share\/([A-Za-z0-9_-]{32})(?:\/([A-Za-z0-9_-]{32}))?(?:\/iframe)?\/?(?:[?#]|$)/.exec(address);
  return match === null ? [] : match.slice(1, 3).filter((key) => key !== undefined);
}

/** GET share/<key>/original: always a download, never shown. */
export async function shareOriginal(c: AppContext): Promise<Response> {
  const object = await openObject(c, ORIGINAL_OBJECT);
  if (object === null) return missingPage();
  const headers = new Headers(dataHeaders("application/octet-stream"));
  const name = object.facts.file?.name.replaceAll(/[^\w.+-]/g, "_").slice(-100) || "profile";
  headers.set("content-disposition", `attachment; filename="${name}"`);
  return new Response(object.body, { headers });
}

async function openObject(c: AppContext, name: string) {
  const row = await findShare(c, c.req.param("key") ?? "");
  const object = row === null ? null : await c.env.SEGMENTS.get(sharePrefix(row) + name);
  return row === null || object === null ? null : { body: object.body, facts: JSON.parse(row.facts) as ShareFacts };
}

/** GET share/<key>/delete/<secret> asks, POST of its form and DELETE do it. */
export async function deleteShare(c: AppContext): Promise<Response> {
  const row = await findShare(c, c.req.param("key") ?? "");
  if (row === null || !(await isSecret(c.req.param("secret") ?? "", row.deleteHash))) return missingPage();
  // HEAD comes here as well: whoever looks at a link must not delete by it.
  if (c.req.method !== "DELETE" && c.req.method !== "POST") {
    return new Response(deletePage(row), { headers: noticeHeaders(true) });
  }
  await removeShare(sharePorts(c), row);
  if (c.req.method === "DELETE") return new Response(null, { status: 204 });
  return new Response(DELETED_PAGE, { headers: noticeHeaders() });
}
