// A scene as SVG: attributes only, so that it needs no style, and text that is escaped. Names were made visible before they came here.
import { escapeHtml } from "../../lib/escape-html.ts";
import { widthOf } from "./outlines.ts";
import type { Scene, SceneRect, SceneText } from "./scene.ts";

/** Widths are those of Roboto; a reader's other font is squeezed to them. */
const FONTS = "Roboto, Arial, Helvetica, sans-serif";

export function drawSvg({ width, height, background, shapes }: Scene, title: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONTS}">`,
    `<title>${escapeHtml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    ...shapes.map((shape) => (shape.kind === "rect" ? rectOf(shape) : textOf(shape))),
    "</svg>",
  ].join("\n");
}

/** Edges as the PNG has them. */
function rectOf({ x, y, width, height, fill }: SceneRect): string {
  const left = Math.round(x);
  return `<rect x="${left}" y="${Math.round(y)}" width="${Math.round(x + width) - left}" height="${Math.round(height)}" fill="${fill}"/>`;
}

const textOf = ({ x, y, size, fill, text }: SceneText): string =>
  `<text x="${Math.round(x)}" y="${Math.round(y)}" font-size="${size}" fill="${fill}" textLength="${Math.round(widthOf(text) * size)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escapeHtml(text)}</text>`;
