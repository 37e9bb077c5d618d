// GET api/preview/<key>, api/preview/<a>/<b>: the picture of a share, or of two that are compared.
//
//   .png or .svg at the end of the path, else ?format=, else what Accept says alone; PNG unless somebody asks. ?theme=dark
import { invalidArgument } from "../../lib/app-error.ts";
import { pictureHeaders } from "../../share/headers.ts";
import { differencePreview, type PreviewForm, sharePreview } from "../../share/preview/preview.ts";
import type { ShareRow } from "../../storage/shares.ts";
import type { AppContext } from "../context.ts";
import { sharePorts } from "../ports.ts";
import { findShare, missingPage } from "../share-pages.ts";

const CONTENT_TYPES = { png: "image/png", svg: "image/svg+xml; charset=utf-8" } as const;

export async function getPreview(c: AppContext): Promise<Response> {
  const named = [c.req.param("key"), c.req.param("other")].filter((key) => key !== undefined);
  const ending = /\.(png|svg)$/.exec(named.at(-1) ?? "");
  const keys = ending === null ? named : [...named.slice(0, -1), named.at(-1)?.slice(0, -ending[0].length) ?? ""];
  const form = formOf(c, ending?.[1]);
  const [row, other] = await Promise.all(keys.map((key) => findShare(c, key)));
  if (!row || (keys.length > 1 && !other)) return missingPage();
  const stillThere = async () => (await findShare(c, row.key)) !== null;
  const body = other
    ? await difference(c, [row, other], form)
    : await sharePreview(sharePorts(c), row, form, stillThere);
  if (body === null) return missingPage();
  return new Response(body, { headers: { ...pictureHeaders(CONTENT_TYPES[form.format]), vary: "accept" } });
}

function formOf(c: AppContext, ending: string | undefined): PreviewForm {
  const format = ending ?? c.req.query("format") ?? (wantsSvgAlone(c.req.header("accept") ?? "") ? "svg" : "png");
  const theme = c.req.query("theme") ?? "light";
  if (format !== "png" && format !== "svg") throw invalidArgument('"format" is png or svg');
  if (theme !== "light" && theme !== "dark") throw invalidArgument('"theme" is light or dark');
  return { format, theme };
}

/** Browsers name SVG for every picture, and take others as well. */
const wantsSvgAlone = (accept: string): boolean =>
  accept.includes("image/svg+xml") && !/image\/(png|\*)|\*\/\*/.test(accept);

/** Names pictures in the cache; the host that somebody asked by must not, or each invented one would be a picture more. */
const KEPT_UNDER = "https://share-previews.invalid";

/** Kept at the edge where it was drawn, for as long as any answer about a share may be. The embedded server's cache is a folder that nobody sweeps. */
async function difference(
  c: AppContext,
  rows: readonly [ShareRow, ShareRow],
  form: PreviewForm,
): Promise<ReadableStream | Uint8Array<ArrayBuffer> | null> {
  if (c.env.EDGEFLAME_EMBEDDED !== undefined) return differencePreview(sharePorts(c), rows, form);
  const key = `${KEPT_UNDER}/${rows.map(({ key }) => key).join("/")}.${form.format}?theme=${form.theme}`;
  const cache = await caches.open("share-previews");
  const kept = await cache.match(key);
  if (kept?.body) return kept.body;
  const drawn = await differencePreview(sharePorts(c), rows, form);
  if (drawn === null) return null;
  const answer = new Response(drawn, { headers: pictureHeaders(CONTENT_TYPES[form.format]) });
  c.executionCtx.waitUntil(cache.put(key, answer));
  return drawn;
}
