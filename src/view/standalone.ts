/**
 * One HTML file that shows a flame graph without a network: the built template (web/standalone) has its script and style inside, under a
 * policy that names them by hash, and two marks. What is put there is text: the title escaped, the graph as JSON in a block that no browser
 * runs and that nothing in it can end.
 */
import { escapeHtml } from "../lib/escape-html.ts";
import { visibleName } from "./names.ts";

export const TITLE_MARK = "<!--standalone:title-->";
export const DATA_MARK = "<!--standalone:data-->";

export interface StandaloneDocument {
  readonly title: string;
  /** ShareContent of src/api/share.ts. */
  readonly content: unknown;
}

export function standaloneHtml(template: string, { title, content }: StandaloneDocument): string {
  if (!template.includes(DATA_MARK)) throw new Error("the template of single files is not built");
  return template
    .replaceAll(TITLE_MARK, () => escapeHtml(visibleName(title)))
    .replace(DATA_MARK, () => `<script type="application/json" id="graph">${scriptJson({ title, content })}</script>`);
}

/** The policy that stands in the template: what answers with it sends it as a header as well. */
export const standalonePolicy = (template: string): string =>
  /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(template)?.[1] ?? "default-src 'none'";

/** No "<", so that neither a tag nor a comment begins; and no character that acts on how the file's text is shown. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /<|(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu,
    (text) =>
      Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
        "",
      ),
  );
