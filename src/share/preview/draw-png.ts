// A scene as pixels.
import { encodePng } from "../../lib/png.ts";
import { fitText } from "./fit-text.ts";
import { inKnownLetters } from "./known-letters.ts";
import { marginOf, rasterize } from "./rasterize.ts";
import type { Scene, SceneRect, SceneText } from "./scene.ts";

export function drawPng({ width, height, background, shapes }: Scene): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(3 * width * height);
  const canvas = { width, height, pixels };
  fillRect(canvas, { kind: "rect", x: 0, y: 0, width, height, fill: background });
  for (const shape of shapes) {
    if (shape.kind === "rect") fillRect(canvas, shape);
    else drawText(canvas, shape);
  }
  return encodePng(canvas);
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Of a letter's edge: more are not seen, and make the file larger. */
const SHADES = 16;

type Rgb = readonly [number, number, number];

const rgbOf = (hex: string): Rgb => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/** Edges on whole pixels: neighbours neither overlap nor leave a seam. */
function fillRect({ width, height, pixels }: Canvas, rect: SceneRect): void {
  const [red, green, blue] = rgbOf(rect.fill);
  const left = Math.max(0, Math.round(rect.x));
  const right = Math.min(width, Math.round(rect.x + rect.width));
  const bottom = Math.min(height, Math.round(rect.y + rect.height));
  for (let y = Math.max(0, Math.round(rect.y)); y < bottom; y++) {
    for (let x = left, at = 3 * (y * width + left); x < right; x++) {
      pixels[at++] = red;
      pixels[at++] = green;
      pixels[at++] = blue;
    }
  }
}

function drawText({ width, height, pixels }: Canvas, { x, y, size, fill, text, room }: SceneText): void {
  const spelt = inKnownLetters(text);
  const coverage = rasterize(spelt === text ? text : fitText(spelt, room / size), size);
  const ink = rgbOf(fill);
  const left = Math.round(x) - marginOf(size);
  const top = Math.round(y) - coverage.baseLine;
  for (let row = 0; row < coverage.height; row++) {
    let sum = 0;
    for (let column = 0; column < coverage.width; column++) {
      sum += coverage.areas[row * coverage.width + column] ?? 0;
      const covered = Math.round(Math.min(1, Math.abs(sum)) * SHADES) / SHADES;
      const [toX, toY] = [left + column, top + row];
      if (covered === 0 || toX < 0 || toX >= width || toY < 0 || toY >= height) continue;
      const at = 3 * (toY * width + toX);
      for (let channel = 0; channel < 3; channel++) {
        const below = pixels[at + channel] ?? 0;
        pixels[at + channel] = Math.round(below + ((ink[channel] ?? 0) - below) * covered);
      }
    }
  }
}
