// A text in the letters that there are outlines of. An SVG needs none of this: its reader has fonts.
import { isKnown } from "./outlines.ts";

const PLAIN = /^[\x20-\x7e]*$/;
const LETTER = /[\p{L}\p{M}\p{N}]/u;

/**
 * A letter without an outline is told by its number, as invisible ones are: two functions remain two. What is no letter, such as a
 * picture, stays, and is drawn as a box.
 */
export function inKnownLetters(text: string): string {
  if (PLAIN.test(text)) return text;
  let spelt = "";
  // Marks that stand apart from their letter, as in names of macOS's files, are one with it here.
  for (const char of text.normalize("NFC")) {
    const codePoint = char.codePointAt(0) ?? 0;
    spelt += isKnown(codePoint) || !LETTER.test(char) ? char : `\\u{${codePoint.toString(16)}}`;
  }
  return spelt;
}
