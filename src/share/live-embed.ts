// A live embed: a link that shows what one query finds now. The token in the link is its only key, and only its hash is kept; the
// query, its range and what is taken out of the answer stand in the row, so nothing that a reader sends can change them.
//
//   reader ─▶ row (by hash) ─▶ drawn within the minute? ── yes ─▶ that
//                                   │ no: one reader draws, the others see the last one meanwhile
//                                   ▼
//                              query ─▶ redact ─▶ bucket: t/<tenant>/e/<id>/data.json.gz
//
// Readers for whom there is no last one wait a moment for whoever draws, and are then told to come again: nobody else asks the query.
import type { EmbedAnswer, EmbedRequest } from "../api/embed.ts";
import { graphOfRender, type RenderedGraph } from "../api/graph-of-render.ts";
import type { Redaction, ShareContent } from "../api/share.ts";
import { SHARING } from "../config.ts";
import { AppError } from "../lib/app-error.ts";
import { gzip } from "../lib/gzip.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import {
  claimDrawing,
  type DrawnEmbed,
  insertEmbed,
  type LiveEmbedRow,
  readDrawn,
  storeDrawn,
} from "../storage/live-embeds.ts";
import { tenantIdOf } from "../storage/tenants.ts";
import { redactGraph, withoutLabels } from "../view/redact.ts";
import { embedElement } from "./create-share.ts";
import { LIVE_EMBEDS } from "./limits.ts";
import { shownTitle } from "./page-html.ts";
import type { SharePorts } from "./ports.ts";
import { hashOf, randomKey } from "./secrets.ts";

/** Asks the row's query, of the last seconds up to now. */
export type AskQuery = (question: Pick<LiveEmbedRow, "query" | "rangeSeconds">) => Promise<RenderedGraph>;

/**
 * Asks once, so that a query that can't be answered is refused now.
 * @throws AppError invalid_argument, rate_limited
 */
export async function createEmbed(ports: SharePorts, request: EmbedRequest, ask: AskQuery): Promise<EmbedAnswer> {
  const { query, rangeSeconds = LIVE_EMBEDS.rangeSeconds, redact = {}, frameHosts = null } = request;
  await ask({ query, rangeSeconds });
  const now = Math.floor(ports.clock());
  const [token, secret] = [randomKey(), randomKey()];
  const { expiresInDays: days = LIVE_EMBEDS.days } = request;
  const title = (request.title?.trim() || query).slice(0, SHARING.titleChars);
  const row = {
    tenantId: await tenantIdOf(ports.database, ports.tenant, now),
    tenant: ports.tenant,
    tokenHash: await hashOf(token),
    revokeHash: await hashOf(secret),
    title: redact.labels === true ? withoutLabels(title) : title,
    query,
    rangeSeconds,
    redact: JSON.stringify(redact),
    frameHosts: frameHosts === null ? null : JSON.stringify(frameHosts),
    createdAt: now,
    expiresAt: days === null ? null : now + days * 86_400,
  };
  const id = await insertEmbed(ports.database, row, LIVE_EMBEDS.most);
  if (id === null)
    throw new AppError("rate_limited", `there are ${LIVE_EMBEDS.most} live embeds: revoke one first`, {
      limit: "liveEmbeds",
      allowed: LIVE_EMBEDS.most,
      documentation: "docs/limits.md#shares",
    });
  const url = `${ports.root}/embed/${token}`;
  return {
    id,
    url,
    deleteUrl: `${url}/delete/${secret}`,
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt * 1000).toISOString(),
    embed: embedElement(url, shownTitle(row.title)),
  };
}

/**
 * What a reader sees: of this minute, or of the last ones while somebody draws it.
 * @returns null when there is nothing to show, and it is another's to draw
 */
export async function drawnNow(ports: SharePorts, row: LiveEmbedRow, ask: AskQuery): Promise<DrawnEmbed | null> {
  const now = Math.floor(ports.clock());
  const last = await readDrawn(ports.bucket, row, "data.json.gz");
  if (last !== null && now - last.at < LIVE_EMBEDS.freshSeconds) return last;
  const isMine = await claimDrawing(ports.database, row.id, now, now - LIVE_EMBEDS.freshSeconds);
  const mayStay = last !== null && now - last.at < LIVE_EMBEDS.staleSeconds;
  if (!isMine) return mayStay ? last : drawnByAnother(ports, row, now);
  try {
    const content = contentOf(await ask(row), JSON.parse(row.redact) as Redaction);
    const drawn = { at: now, bytes: gzip(JSON.stringify(content)) };
    await storeDrawn(ports, row, "data.json.gz", drawn);
    return drawn;
  } catch (error) {
    if (!mayStay) throw error;
    logEvent("live_embed_failed", { id: row.id, message: messageOf(error) });
    return last;
  }
}

/** However many come at once, none of them asks the query: whoever set out to draw may be slow, or have failed. */
async function drawnByAnother({ bucket }: SharePorts, row: LiveEmbedRow, now: number): Promise<DrawnEmbed | null> {
  const age = now - row.renderedAt;
  if (age >= LIVE_EMBEDS.drawingSeconds && age < LIVE_EMBEDS.freshSeconds) return null;
  for (let look = 0; look < LIVE_EMBEDS.looks; look++) {
    await new Promise((resolve) => setTimeout(resolve, LIVE_EMBEDS.lookMs));
    const drawn = await readDrawn(bucket, row, "data.json.gz");
    if (drawn !== null && now - drawn.at < LIVE_EMBEDS.freshSeconds) return drawn;
  }
  return null;
}

function contentOf(answer: RenderedGraph, redact: Redaction): ShareContent {
  const graph = graphOfRender(answer, answer.metadata.appName ?? "");
  const notes = answer.flamebearer.numTicks === 0 ? ["Nothing was profiled in this time."] : [];
  return { version: 1, layout: "single", graphs: [redactGraph(graph, redact)], view: {}, notes };
}
