/**
 * Frame names as text on screen. They come from whatever was profiled, so they may hold line breaks, invisible characters
 * or marks that turn the direction of the text around; those are shown as escapes, never obeyed.
 */

const MAX_VISIBLE_CHARS = 2_000;
/**
 * Characters that are not seen or that act on others: control, format (direction marks, zero width, soft hyphen, tags),
 * line and paragraph separators, lone surrogates, private use, letters that are drawn as nothing, and what is no character.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Variation_Selector}\p{Noncharacter_Code_Point}]|\p{Default_Ignorable_Code_Point}/gu;
const PLAIN = /^[\x20-\x7e]*$/;

export function visibleName(name: string): string {
  const short = name.length > MAX_VISIBLE_CHARS ? `${name.slice(0, MAX_VISIBLE_CHARS)}…` : name;
  return short === "" ? "(no name)" : withoutInvisible(short);
}

/** The whole text, with an escape for all that is not seen. */
export const withoutInvisible = (text: string): string =>
  PLAIN.test(text) ? text : text.replaceAll(INVISIBLE, escapeOf);

function escapeOf(char: string): string {
  if (char === "\n") return "\\n";
  if (char === "\t") return "\\t";
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** Cuts a text to so many monospace cells; which end stays is the reader's choice. "" when not even one letter fits. */
export function cutToCells(text: string, cells: number, keep: "head" | "tail"): string {
  if (PLAIN.test(text)) {
    if (text.length <= cells) return text;
    if (cells < 3) return "";
    return keep === "head" ? `${text.slice(0, cells - 1)}…` : `…${text.slice(text.length - cells + 1)}`;
  }
  const chars = [...text];
  const widths = chars.map(cellsOf);
  if (widths.reduce((sum, width) => sum + width, 0) <= cells) return text;
  if (cells < 3) return "";
  const kept: string[] = [];
  for (let at = 0, left = cells - 1; at < chars.length; at++) {
    const index = keep === "head" ? at : chars.length - 1 - at;
    left -= widths[index]!;
    if (left < 0) break;
    kept.push(chars[index]!);
  }
  return keep === "head" ? `${kept.join("")}…` : `…${kept.reverse().join("")}`;
}

/**
 * What to show of a name that does not fit: without the folders of its package, which many names share.
 * "github.com/acme/orders.(*Cache).Find" → "orders.(*Cache).Find".
 */
export function withoutFolders(name: string): string {
  const end = name.search(/[([<\s]/);
  const slash = name.lastIndexOf("/", end > 0 ? end : name.length);
  return slash > 0 && slash < name.length - 1 ? name.slice(slash + 1) : name;
}

/** Cuts a name to so many cells: first its folders go, then its end, or with "tail" its beginning. */
export function fitName(name: string, cells: number, keep: "head" | "tail"): string {
  if (name.length <= cells && PLAIN.test(name)) return name;
  const whole = cutToCells(name, cells, keep);
  return keep === "tail" || whole === name ? whole : cutToCells(withoutFolders(name), cells, "head");
}

/** East Asian wide characters and pictures take two cells; being wrong only cuts a little early or late. */
function cellsOf(char: string): number {
  return char.codePointAt(0)! >= 0x1100 &&
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3fffd}]/u.test(
      char,
    )
    ? 2
    : 1;
}
