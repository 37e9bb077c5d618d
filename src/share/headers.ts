// What every answer about a share carries: nobody indexes it, nobody learns its address from a link, and only the embed is framed.
import { NOTICE_STYLE_HASH } from "./notice-html.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; worker-src 'self'; base-uri 'none'";

export interface Framing {
  /** Hosts whose pages may frame it; null: any; "none": nobody. */
  readonly by: readonly string[] | null | "none";
}

/** For pages with a graph. */
export const pageHeaders = (framing: Framing): Record<string, string> =>
  htmlHeaders(`${POLICY}; form-action 'none'`, framing);

/** For pages of a few words: nothing runs, nothing is fetched, and only those that ask have a form. */
export const noticeHeaders = (asks = false, framing: Framing = { by: "none" }): Record<string, string> =>
  htmlHeaders(
    `default-src 'none'; style-src '${NOTICE_STYLE_HASH}'; base-uri 'none'; form-action ${asks ? "'self'" : "'none'"}`,
    framing,
  );

function htmlHeaders(policy: string, { by }: Framing): Record<string, string> {
  const ancestors = by === "none" ? "'none'" : by === null ? "*" : by.flatMap(schemes).join(" ") || "'none'";
  return {
    ...shareHeaders(),
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `${policy}; frame-ancestors ${ancestors}`,
  };
}

/** Pages of a host may have come by TLS or, in a laboratory, not. */
const schemes = (host: string): string[] => [`https://${host}`, `http://${host}`];

/** Seconds for which a cache may keep what was deleted. */
const CACHED_SECONDS = 60;

/** For data, files and pictures: nothing in them may run. */
export const dataHeaders = (contentType: string): Record<string, string> => ({
  ...shareHeaders(),
  "content-type": contentType,
  "cache-control": `public, max-age=${CACHED_SECONDS}`,
  "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
});

/** For pictures, which pages of any site may show. */
export const pictureHeaders = (contentType: string): Record<string, string> => ({
  ...dataHeaders(contentType),
  "cross-origin-resource-policy": "cross-origin",
});

const shareHeaders = (): Record<string, string> => ({
  "x-robots-tag": "noindex",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
});
