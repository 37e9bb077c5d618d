// The text of the glyphs, read: each letter as lines between points, curves cut into a few of them. A letter is read when it is
// first drawn: a picture needs some sixty of the hundreds.
import { LATIN_1_AND_SIGNS, OTHER_LETTER, UNITS_PER_EM } from "./glyphs.ts";
import { GREEK_AND_CYRILLIC } from "./glyphs-greek-cyrillic.ts";
import { LATIN_WITH_MARKS } from "./glyphs-latin.ts";

export interface Glyph {
  /** In ems. */
  readonly advance: number;
  /** Lines, in ems, y upwards: x, y, x, y of each. */
  readonly lines: Float32Array;
}

/** More would not be seen: a curve of a letter is some pixels long. */
const LINES_PER_CURVE = 4;
/** From here on letters of most scripts are as wide as they are high. */
const FIRST_WIDE = 0x1100;

const read = new Map<number, Glyph>();
let texts: ReadonlyMap<number, string> | undefined;

/** A letter that is not there is a box. */
export function glyphOf(codePoint: number): Glyph {
  const known = read.get(codePoint);
  if (known !== undefined) return known;
  if (!isKnown(codePoint)) return boxOf(codePoint);
  const glyph = readGlyph(codePoint);
  read.set(codePoint, glyph);
  return glyph;
}

const boxOf = (codePoint: number): Glyph => {
  const box = glyphOf(OTHER_LETTER);
  return codePoint < FIRST_WIDE ? box : { ...box, advance: 1 };
};

export const isKnown = (codePoint: number): boolean => glyphTexts().has(codePoint);

/** In ems. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += glyphOf(char.codePointAt(0) ?? 0).advance;
  return width;
}

function glyphTexts(): ReadonlyMap<number, string> {
  if (texts !== undefined) return texts;
  const all = [LATIN_1_AND_SIGNS, LATIN_WITH_MARKS, GREEK_AND_CYRILLIC].join("").matchAll(/^(\S+) (.*)$/gm);
  texts = new Map(Array.from(all, ([, code = "", text = ""]) => [Number.parseInt(code, 16), text]));
  return texts;
}

function readGlyph(codePoint: number): Glyph {
  const text = glyphTexts().get(codePoint) ?? "";
  const lines: number[] = [];
  const advance = addContours(text, 0, 0, lines);
  return { advance: advance / UNITS_PER_EM, lines: Float32Array.from(lines, (units) => units / UNITS_PER_EM) };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly isOn: boolean;
}

/** @returns the advance */
function addContours(text: string, byX: number, byY: number, lines: number[]): number {
  let [x, y] = [byX, byY];
  let contour: Point[] = [];
  for (const [, command, code = "", first, second] of text.matchAll(/([MLQ]|R([0-9a-f]+))(?: ?(-?\d+) ?(-?\d+))?/g)) {
    const [stepX, stepY] = [Number(first ?? 0), Number(second ?? 0)];
    if (code !== "") {
      addContours(glyphTexts().get(Number.parseInt(code, 16)) ?? "", byX + stepX, byY + stepY, lines);
      continue;
    }
    if (command === "M") {
      addContour(contour, lines);
      contour = [];
    }
    x += stepX;
    y += stepY;
    contour.push({ x, y, isOn: command !== "Q" });
  }
  addContour(contour, lines);
  return Number.parseInt(text, 10);
}

/** Its first point is on it. */
function addContour(points: readonly Point[], lines: number[]): void {
  let from = points[0];
  for (let at = 1; at <= points.length; at++) {
    const to = points[at % points.length];
    if (from === undefined || to === undefined) return;
    if (to.isOn) {
      lines.push(from.x, from.y, to.x, to.y);
      from = to;
      continue;
    }
    const next = points[(at + 1) % points.length] ?? to;
    const end = next.isOn ? next : { x: (to.x + next.x) / 2, y: (to.y + next.y) / 2, isOn: true };
    addCurve(from, to, end, lines);
    from = end;
    if (next.isOn) at++;
  }
}

function addCurve(from: Point, pull: Point, to: Point, lines: number[]): void {
  let [lastX, lastY] = [from.x, from.y];
  for (let i = 1; i <= LINES_PER_CURVE; i++) {
    const t = i / LINES_PER_CURVE;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    const [x, y] = [a * from.x + b * pull.x + c * to.x, a * from.y + b * pull.y + c * to.y];
    lines.push(lastX, lastY, x, y);
    [lastX, lastY] = [x, y];
  }
}
