// The page of a live embed, and the one that asks before it is revoked.
import { escapeHtml } from "../lib/escape-html.ts";
import type { LiveEmbedRow } from "../storage/live-embeds.ts";
import { askPage, notice } from "./notice-html.ts";
import { BODY_MARK, HEAD_MARK, shownTitle } from "./page-html.ts";

interface LivePage {
  readonly row: Pick<LiveEmbedRow, "title" | "rangeSeconds">;
  /** Of the server, without a slash at the end. */
  readonly root: string;
  readonly token: string;
}

/** `embed/<token>` stands one folder deep. */
const UP = "../";

export function livePageHtml(template: string, page: LivePage): string {
  return template
    .replaceAll('="./', `="${UP}`)
    .replace(HEAD_MARK, () => headHtml(page))
    .replace(BODY_MARK, () => bodyHtml(page));
}

function headHtml({ row, root, token }: LivePage): string {
  const title = escapeHtml(shownTitle(row.title));
  const image = escapeHtml(`${root}/embed/${token}/preview.png`);
  return [
    `<title>${title} · Edgeflame</title>`,
    `<meta name="robots" content="noindex">`,
    `<meta property="og:title" content="${title}">`,
    `<meta property="og:description" content="${rangeText(row.rangeSeconds)}">`,
    `<meta property="og:image" content="${image}">`,
    `<meta name="twitter:card" content="summary_large_image">`,
  ].join("\n");
}

const bodyHtml = ({ row, token }: LivePage): string =>
  [
    `<header class="efs-head"><h1>${escapeHtml(shownTitle(row.title))}</h1><p class="efs-total">${rangeText(row.rangeSeconds)}</p></header>`,
    `<main id="share" data-path="embed/${token}" data-embed data-live data-up="${UP}"></main>`,
  ].join("\n");

const UNITS = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** A day is 24 hours, more of them are days. */
export function rangeText(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0 && seconds > (unit === 86_400 ? unit : 0)) ?? [
    1,
    "second",
  ];
  const count = seconds / size;
  return count === 1 ? `The last ${name}` : `The last ${count} ${name}s`;
}

export const revokePage = (title: string, token: string): string =>
  askPage({
    title: "Revoke this live embed?",
    subject: escapeHtml(shownTitle(title)),
    button: "Revoke it for everyone",
    key: token,
  });

export const REVOKED_PAGE = notice(
  "Revoked",
  "<p>Nobody sees this live embed any more. Copies that caches hold are gone within a minute.</p>",
);
