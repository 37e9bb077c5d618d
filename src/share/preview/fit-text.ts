// A text that fits: as it is, without its folders, or cut.
import { withoutFolders } from "../../view/names.ts";
import { glyphOf, widthOf } from "./outlines.ts";

const CUT = "…";
/** A cut that leaves less says nothing. */
const LEAST_CHARS = 3;

/** @param most ems. @returns "" when nothing of it fits */
export function fitText(text: string, most: number): string {
  if (charsWithin(text, most) === text.length) return text;
  const short = withoutFolders(text);
  if (charsWithin(short, most) === short.length) return short;
  const end = charsWithin(short, most - widthOf(CUT));
  return end < LEAST_CHARS ? "" : `${short.slice(0, end)}${CUT}`;
}

/** How much of a text has room. Names come from strangers: nothing beyond the room is measured. */
function charsWithin(text: string, most: number): number {
  let [width, end] = [0, 0];
  for (const char of text) {
    width += glyphOf(char.codePointAt(0) ?? 0).advance;
    if (width > most) break;
    end += char.length;
  }
  return end;
}
