// A text that fits: as it is, without its folders, or cut.
import { withoutFolders } from "../../view/names.ts";
import { widthOf } from "./outlines.ts";

const CUT = "…";
/** A cut that leaves less says nothing. */
const LEAST_CHARS = 3;

/** @param most ems. @returns "" when nothing of it fits */
export function fitText(text: string, most: number): string {
  if (widthOf(text) <= most) return text;
  const short = withoutFolders(text);
  if (widthOf(short) <= most) return short;
  const room = most - widthOf(CUT);
  let [width, end] = [0, 0];
  for (const char of short) {
    width += widthOf(char);
    if (width > room) break;
    end += char.length;
  }
  return end < LEAST_CHARS ? "" : `${short.slice(0, end)}${CUT}`;
}
