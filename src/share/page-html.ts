// A share as HTML: what can be read without a script. The built template (web/share.html) has two marks, one in its head and one
// in its body; what goes there is text and numbers of the share's row, escaped.

import { escapeHtml } from "../lib/escape-html.ts";
import type { ShareRow } from "../storage/shares.ts";
import { visibleName } from "../view/names.ts";
import type { GraphFacts, ShareFacts } from "./facts.ts";
import { askPage, notice } from "./notice-html.ts";

export const HEAD_MARK = "<!--share:head-->";
export const BODY_MARK = "<!--share:body-->";

/** Of the picture that cards show. */
export const PREVIEW_SIZE = { width: 1200, height: 630 } as const;

/** One share, or two that are compared. */
export interface SharePage {
  readonly shares: readonly { readonly row: ShareRow; readonly facts: ShareFacts }[];
  readonly isEmbed: boolean;
  /** Of the server, without a slash at the end. */
  readonly root: string;
  /** `share/<key>` or `share/<a>/<b>`. */
  readonly path: string;
}

/** Addresses in the template are relative to the page's folder, and the page stands deeper. */
export function sharePageHtml(template: string, page: SharePage): string {
  const up = "../".repeat(page.path.split("/").length - (page.isEmbed ? 0 : 1));
  return template
    .replaceAll('="./', `="${up}`)
    .replace(HEAD_MARK, () => headHtml(page))
    .replace(BODY_MARK, () => bodyHtml(page, up));
}

export const titleOf = (rows: readonly Pick<ShareRow, "title">[]): string =>
  rows.map(({ title }) => shownTitle(title)).join(" → ");

const titleOfPage = ({ shares }: SharePage): string => titleOf(shares.map(({ row }) => row));

/** Marks that turn the direction of a text are shown, not obeyed. */
export const shownTitle = (title: string): string => (title === "" ? "Flame graph" : visibleName(title));

function describe({ shares }: SharePage): string {
  return shares
    .map(({ facts }) => {
      const [graph] = facts.graphs;
      const heaviest = graph?.top[0];
      const first = heaviest === undefined ? "" : `, most in ${heaviest.name} (${heaviest.self})`;
      return `${totalsOf(facts)}${first}`;
    })
    .join("; ");
}

/** Of both sides where there are two; of a file with many types, the first one's. */
export const totalsOf = ({ layout, graphs }: ShareFacts): string =>
  (layout === "comparison" ? graphs : graphs.slice(0, 1)).flatMap(({ totals }) => totals).join(" → ");

function headHtml(page: SharePage): string {
  const { root, path } = page;
  const title = escapeHtml(titleOfPage(page));
  const description = escapeHtml(describe(page));
  const address = escapeHtml(`${root}/${path}`);
  const image = escapeHtml(`${root}/api/preview/${path.slice("share/".length)}.png`);
  const oembed = escapeHtml(`${root}/oembed?format=json&url=${encodeURIComponent(`${root}/${path}`)}`);
  return [
    `<title>${title} · Edgeflame</title>`,
    `<meta name="robots" content="noindex">`,
    `<meta name="description" content="${description}">`,
    ...Object.entries({
      "og:type": "website",
      "og:site_name": "Edgeflame",
      "og:title": title,
      "og:description": description,
      "og:url": address,
      "og:image": image,
      "og:image:type": "image/png",
      "og:image:width": String(PREVIEW_SIZE.width),
      "og:image:height": String(PREVIEW_SIZE.height),
      "og:image:alt": description,
    }).map(([name, content]) => `<meta property="${name}" content="${content}">`),
    `<meta name="twitter:card" content="summary_large_image">`,
    `<meta name="twitter:image" content="${image}">`,
    `<link rel="alternate" type="application/json+oembed" href="${oembed}" title="${title}">`,
  ].join("\n");
}

function bodyHtml(page: SharePage, up: string): string {
  const { shares, isEmbed, path } = page;
  const own = path.slice("share/".length);
  const files = shares.filter(({ facts }) => facts.file !== null);
  const head = [
    `<h1>${escapeHtml(titleOfPage(page))}</h1>`,
    `<p class="efs-total">${escapeHtml(shares.map(({ facts }) => totalsOf(facts)).join(" → "))}</p>`,
  ];
  const links = isEmbed
    ? [`<a href="${up}share/${own}" target="_blank" rel="noopener">Open</a>`]
    : [
        openLink(up, shares),
        ...files.map(
          ({ row, facts }) =>
            `<a href="${up}share/${row.key}/original" download>Download ${escapeHtml(visibleName(facts.file?.name || "original"))}</a>`,
        ),
        ...shares.map(
          ({ row }, at) =>
            `<a href="${up}share/${row.key}/report">Report${shares.length === 1 ? "" : at === 0 ? " the baseline" : " the comparison"}</a>`,
        ),
      ];
  const tables = isEmbed ? [] : shares.map(({ facts }) => topHtml(facts.graphs[0]));
  const picture = (query: string) => `${up}api/preview/${own}.png${query}`;
  return [
    `<header class="efs-head">${head.join("")}<nav class="efs-links" aria-label="This share">${links.join("")}</nav></header>`,
    `<main id="share" data-path="${path}"${isEmbed ? " data-embed" : ""} data-up="${up}">`,
    ...tables,
    `<noscript><picture class="efs-picture"><source media="(prefers-color-scheme: dark)" srcset="${picture("?theme=dark")}">`,
    `<img src="${picture("")}" width="${PREVIEW_SIZE.width}" height="${PREVIEW_SIZE.height}" alt="${escapeHtml(describe(page))}"></picture></noscript>`,
    `</main>`,
  ].join("\n");
}

/** Of one share what it shows, as it is now; else the page itself. */
function openLink(up: string, shares: SharePage["shares"]): string {
  const page = shares.length === 1 ? (shares[0]?.facts.page ?? "") : "";
  return `<a href="${up}${escapeHtml(page)}">Open ${page === "" ? "" : "in "}Edgeflame</a>`;
}

function topHtml(graph: GraphFacts | undefined): string {
  if (graph === undefined || graph.top.length === 0) return "";
  const rows = graph.top.map(
    ({ name, self, total }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(self)}</td><td>${escapeHtml(total)}</td></tr>`,
  );
  return [
    `<table class="efs-top"><caption>Heaviest functions</caption>`,
    `<thead><tr><th scope="col">Function</th><th scope="col">Self</th><th scope="col">Total</th></tr></thead>`,
    `<tbody>${rows.join("")}</tbody></table>`,
  ].join("");
}

/** The same for whatever is not there: missing, expired, deleted, taken down, or no key at all. */
export const MISSING_PAGE = notice(
  "There is nothing here",
  "<p>This flame graph does not exist, has expired or was deleted.</p>",
);

export const deletePage = ({ title, key }: Pick<ShareRow, "title" | "key">): string =>
  askPage({
    title: "Delete this shared flame graph?",
    subject: escapeHtml(shownTitle(title)),
    button: "Delete it for everyone",
    key,
  });

export const DELETED_PAGE = notice(
  "Deleted",
  "<p>The shared flame graph was deleted. Copies that caches hold are gone within a minute.</p>",
);
