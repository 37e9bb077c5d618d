/**
 * Frame names as text on screen. They come from whatever was profiled, so they may hold line breaks, invisible characters
 * or marks that turn the direction of the text around; those are shown as escapes, never obeyed.
 */

const MAX_VISIBLE_CHARS = 2_000;
/** Controls, soft hyphen, zero width, direction marks and isolates, byte order mark, tag characters, lone surrogates. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Cs}]/gu;
const PLAIN = /^[\x20-\x7e]*$/;

export function visibleName(name: string): string {
  const short = name.length > MAX_VISIBLE_CHARS ? `${name.slice(0, MAX_VISIBLE_CHARS)}…` : name;
  if (PLAIN.test(short)) return short === "" ? "(no name)" : short;
  return short.replaceAll(INVISIBLE, escapeOf);
}

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

/** East Asian wide characters and pictures take two cells; being wrong only cuts a little early or late. */
function cellsOf(char: string): number {
  return char.codePointAt(0)! >= 0x1100 && /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3fffd}]/u.test(char) ? 2 : 1;
}
