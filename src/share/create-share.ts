// Makes a share of a document: checks that it can be drawn, takes out what is not to be shown, stores it, and says where it is.
import type { Redaction, ShareAnswer, ShareContent, ShareRequest } from "../api/share.ts";
import { SHARING } from "../config.ts";
import { escapeHtml } from "../lib/escape-html.ts";
import { gzip } from "../lib/gzip.ts";
import { bytesIn, type ShareObject, type ShareRow, writeShare } from "../storage/shares.ts";
import { tenantIdOf } from "../storage/tenants.ts";
import { redactGraph, withoutLabels } from "../view/redact.ts";
import { factsOf, type ShareFacts } from "./facts.ts";
import { shownTitle } from "./page-html.ts";
import type { SharePorts } from "./ports.ts";
import { hashOf, randomKey } from "./secrets.ts";

export interface NewShare {
  readonly title: string;
  readonly facts: ShareFacts;
  readonly objects: readonly ShareObject[];
  /** Seconds; null: for ever. */
  readonly life: number | null;
  readonly livesOn: boolean;
  readonly frameHosts: readonly string[] | null;
  readonly isClaimed: boolean;
}

export const DATA_OBJECT = "data.json.gz";
export const ORIGINAL_OBJECT = "original";

/** @throws AppError malformed_profile when a graph can't be drawn */
export async function createSnapshot(ports: SharePorts, request: ShareRequest): Promise<ShareAnswer> {
  const { redact = {}, view = {}, layout } = request;
  const graphs = request.graphs.map((graph) => redactGraph(graph, redact));
  const content: ShareContent = { version: 1, layout, graphs, view: redactedView(view, redact), notes: [] };
  const facts = factsOf(content, null);
  const title = request.title?.trim() || (graphs[0]?.metadata.name ?? "");
  const { expiresInDays: days = SHARING.days } = request;
  return createShare(ports, {
    title: (redact.labels === true ? withoutLabels(title) : title).slice(0, SHARING.titleChars),
    facts,
    objects: [{ name: DATA_OBJECT, bytes: gzip(JSON.stringify(content)) }],
    life: days === null ? null : days * 86_400,
    livesOn: true,
    frameHosts: request.frameHosts ?? null,
    isClaimed: true,
  });
}

/** Names that are searched for or zoomed to are names of the graph: they would tell what was taken out. */
const redactedView = (view: ShareContent["view"], { packages, paths }: Redaction): ShareContent["view"] => {
  if (packages !== true && paths !== true) return view;
  const { search: _search, zoom: _zoom, other: _other, ...rest } = view;
  return rest;
};

export async function createShare(ports: SharePorts, share: NewShare): Promise<ShareAnswer> {
  const now = Math.floor(ports.clock());
  const [key, secret] = [randomKey(), randomKey()];
  const row: ShareRow = {
    key,
    tenantId: await tenantIdOf(ports.database, ports.tenant, now),
    title: share.title,
    createdAt: now,
    expiresAt: share.life === null ? null : now + share.life,
    lifeSeconds: share.livesOn ? share.life : null,
    deleteHash: await hashOf(secret),
    frameHosts: share.frameHosts === null ? null : JSON.stringify(share.frameHosts),
    facts: JSON.stringify(share.facts),
    storedBytes: share.objects.reduce((sum, object) => sum + bytesIn(object), 0),
    isClaimed: share.isClaimed ? 1 : 0,
  };
  await writeShare(ports, row, share.objects);
  const url = `${ports.root}/share/${key}`;
  return {
    url,
    key,
    deleteUrl: `${url}/delete/${secret}`,
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt * 1000).toISOString(),
    embed: embedCode(url, shownTitle(share.title)),
  };
}

/** The element that shows a share inside another page. */
export const embedCode = (url: string, title: string, size: Size | null = null): string =>
  embedElement(`${url}/iframe`, title, size);

interface Size {
  readonly width: number;
  readonly height: number;
}

/** @param address of the page in the frame */
export function embedElement(address: string, title: string, size: Size | null = null): string {
  const { width, height } = size ?? { width: "100%", height: 400 };
  return `<iframe src="${escapeHtml(address)}" title="${escapeHtml(title)}" width="${width}" height="${height}" loading="lazy" style="border:0"></iframe>`;
}
