// The text of glyphs.ts, read: each letter as lines between points, curves cut into a few of them.
import { OTHER_LETTER, OUTLINES, UNITS_PER_EM } from "./glyphs.ts";

export interface Glyph {
  /** In ems. */
  readonly advance: number;
  /** Lines, in ems, y upwards: x, y, x, y of each. */
  readonly lines: Float32Array;
}

/** More would not be seen: a curve of a letter is some pixels long. */
const LINES_PER_CURVE = 4;

let read: ReadonlyMap<number, Glyph> | undefined;

/** A letter that is not there is a box. */
export function glyphOf(codePoint: number): Glyph {
  read ??= readGlyphs();
  const glyph = read.get(codePoint) ?? read.get(OTHER_LETTER);
  if (glyph === undefined) throw new Error("there is no letter for unknown letters");
  return glyph;
}

/** In ems. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += glyphOf(char.codePointAt(0) ?? 0).advance;
  return width;
}

function readGlyphs(): Map<number, Glyph> {
  const glyphs = new Map<number, Glyph>();
  for (const line of OUTLINES.trim().split("\n")) {
    const [, code = "", advance = "", contours = ""] = /^(\S+) (\d+)(.*)$/.exec(line) ?? [];
    glyphs.set(Number.parseInt(code, 16), { advance: Number(advance) / UNITS_PER_EM, lines: linesOf(contours) });
  }
  return glyphs;
}

function linesOf(contours: string): Float32Array {
  const lines: number[] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const lineTo = (toX: number, toY: number) => {
    lines.push(x, y, toX, toY);
    [x, y] = [toX, toY];
  };
  for (const [, command, text = ""] of contours.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = 0, d = 0] = (text.match(/-?\d+/g) ?? []).map((number) => Number(number) / UNITS_PER_EM);
    if (command === "L") lineTo(a, b);
    else if (command === "Q") {
      const [fromX, fromY] = [x, y];
      for (let i = 1; i <= LINES_PER_CURVE; i++) {
        const t = i / LINES_PER_CURVE;
        const [first, middle, last] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
        lineTo(first * fromX + middle * a + last * c, first * fromY + middle * b + last * d);
      }
    } else {
      lineTo(startX, startY);
      [x, y, startX, startY] = [a, b, a, b];
    }
  }
  lineTo(startX, startY);
  return Float32Array.from(lines);
}
