// The preview image: where its bars are and in which colours, that both forms show the same, and that no name does harm.
import { describe, expect, it, vi } from "vitest";
import type { ShareContent } from "../../src/api/share.ts";
import { factsOf } from "../../src/share/facts.ts";
import { drawPng } from "../../src/share/preview/draw-png.ts";
import { drawSvg } from "../../src/share/preview/draw-svg.ts";
import { inKnownLetters } from "../../src/share/preview/known-letters.ts";
import { widthOf } from "../../src/share/preview/outlines.ts";
import { rasterize } from "../../src/share/preview/rasterize.ts";
import { previewScene, type Scene, type SceneText } from "../../src/share/preview/scene.ts";
import { visibleName } from "../../src/view/names.ts";
import { FLAME_COLOURS } from "../../src/view/palette.ts";
import { hostileNames, NOT_PLAIN } from "../view/hostile-names.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { readPng } from "./read-png.ts";

type Graph = ShareContent["graphs"][number];
const METADATA = { units: "samples", sampleRate: 100, spyName: "gospy", name: "shop" } as const;

const single = (names: string[] = ["total", "main.work", "runtime.gc"]): Graph => ({
  label: "",
  flamebearer: {
    names,
    levels: [
      [0, 100, 0, 0],
      [0, 75, 75, 1, 0, 25, 25, 2],
    ],
    numTicks: 100,
    maxSelf: 75,
  },
  metadata: { ...METADATA, format: "single" },
});
/** One child a level: `deep` levels below the root, and a fork at the end. */
function chain(deep: number): Graph {
  const names = ["total", ...Array.from({ length: deep }, (_, i) => `f${i}`)];
  const levels = names.map((_, at) => [0, 100, at === deep ? 100 : 0, at]);
  return { ...single(), flamebearer: { names, levels, numTicks: 100, maxSelf: 100 } };
}
function sceneOf(content: Partial<ShareContent> | null, theme: "light" | "dark" = "light", title = "Slow"): Scene {
  const whole = content && {
    version: 1 as const,
    layout: "single" as const,
    graphs: [],
    view: {},
    notes: [],
    ...content,
  };
  const top = whole === null ? [] : (factsOf(whole, null).graphs[0]?.top ?? []);
  return previewScene({ title, totals: "1.00 s", top, content: whole }, theme);
}
const bars = (scene: Scene) => scene.shapes.flatMap((shape) => (shape.kind === "rect" ? [shape] : []));
const texts = (scene: Scene): SceneText[] => scene.shapes.flatMap((shape) => (shape.kind === "text" ? [shape] : []));

describe("a preview", () => {
  it.each(["light", "dark"] as const)("has its bars where the scene says, in the page's colours: %s", (theme) => {
    const scene = sceneOf({ graphs: [single()] }, theme);
    const png = readPng(drawPng(scene));
    expect([png.width, png.height]).toEqual([1200, 630]);
    expect(png.at(3, 3)).toBe(scene.background);
    const [root, work, gc] = bars(scene);
    expect(root?.fill).toBe(FLAME_COLOURS[theme].root);
    expect(gc?.fill).toBe(FLAME_COLOURS[theme].runtime);
    for (const bar of bars(scene)) {
      const bottom = bar.y + bar.height - 1;
      expect([png.at(bar.x, bar.y), png.at(Math.round(bar.x + bar.width) - 1, bottom)]).toEqual([bar.fill, bar.fill]);
    }
    expect((work?.width ?? 0) / (gc?.width ?? 1)).toBeCloseTo(3, 1);
  });

  it("says title, total, the heaviest functions and the names on bars", () => {
    const words = texts(sceneOf({ graphs: [single()] })).map(({ text }) => text);
    expect(words).toEqual(
      expect.arrayContaining(["Slow", "1.00 s", "Edgeflame", "75.0 %", "25.0 %", "main.work", "runtime.gc"]),
    );
  });

  it("shows two graphs side by side, a diff in its colours, and of a file that is not decoded the title", () => {
    const beside = bars(sceneOf({ layout: "comparison", graphs: [single(), single()] }));
    expect(beside.map(({ fill }) => fill).slice(0, 3)).toEqual(beside.map(({ fill }) => fill).slice(3));
    expect(beside[3]?.x).toBeGreaterThan((beside[0]?.x ?? 0) + (beside[0]?.width ?? 0));
    const { flamebearer } = RIDESHARE_DIFF;
    const diff = sceneOf({
      layout: "diff",
      graphs: [{ label: "", flamebearer: flamebearer as never, metadata: { ...METADATA, format: "double" } }],
    });
    for (const { fill } of bars(diff)) expect([...FLAME_COLOURS.light.diff, "#d0d4da"]).toContain(fill);
    expect(
      texts(sceneOf(null))
        .map(({ text }) => text)
        .join(),
    ).toContain("open the link");
  });

  it("begins where the share is zoomed to, and leaves out rows that only lead to the rest", () => {
    const zoomed = sceneOf({ graphs: [single()], view: { zoom: ["runtime.gc"] } });
    expect(bars(zoomed)).toHaveLength(1);
    const rows = bars(sceneOf({ graphs: [chain(30)] }));
    expect(texts(sceneOf({ graphs: [chain(30)] })).map(({ text }) => text)).toContain("f29");
    expect(Math.max(...rows.map(({ y, height }) => y + height))).toBeLessThan(560);
    expect(texts(sceneOf({ graphs: [chain(3)] })).map(({ text }) => text)).toContain("total");
  });

  it("holds nothing but its picture where there is nothing to see", () => {
    const empty = { ...single(), flamebearer: { names: ["total"], levels: [[0, 0, 0, 0]], numTicks: 0, maxSelf: 0 } };
    expect(bars(sceneOf({ graphs: [empty] }))).toEqual([]);
  });

  it.each(hostileNames)("named as %s is a picture within its edges, and no more", (_what, name) => {
    const scene = sceneOf({ graphs: [single(["total", name, name])] }, "light", visibleName(name));
    readPng(drawPng(scene));
    for (const { x, size, text } of texts(scene)) {
      expect(text).not.toMatch(NOT_PLAIN);
      expect(x + widthOf(text) * size).toBeLessThanOrEqual(1200);
    }
    const svg = drawSvg(scene, visibleName(name));
    expect(svg).not.toMatch(NOT_PLAIN);
    // Nothing but our own elements, and within them our own attributes with numbers and colours.
    const rest = svg
      .replaceAll(/^<svg [-\w="/:., ]+>|<\/?title>|<\/text>|<\/svg>/gm, "")
      .replaceAll(/<(?:rect|text)(?: [\w:-]+="[#\w.-]*")+\/?>/g, "");
    expect(rest).not.toMatch(/[<>]/);
  });
});

it("reads no more of long names than there is room for, however many bars have them", () => {
  const rows = 14;
  const total = 1050;
  // One bar of each row is wide enough for letters, 950 are a pixel wide.
  const row = [0, 100, 0, 1, ...Array.from({ length: 950 }, () => [0, 1, 0, 1]).flat()];
  const levels = [[0, total, 0, 0], ...Array.from({ length: rows }, () => row)];
  const names = ["total", "\u200b".repeat(2000)];
  const graph = { ...single(), flamebearer: { names, levels, numTicks: total, maxSelf: 1 } };
  const real = String.prototype.codePointAt;
  let reads = 0;
  const read = vi.spyOn(String.prototype, "codePointAt").mockImplementation(function (this: string, at: number) {
    if (++reads > 50_000) throw new Error("it reads on and on");
    return real.call(this, at);
  });
  try {
    const content = { layout: "single" as const, graphs: [graph], view: {} };
    const scene = previewScene({ title: "", totals: "", top: [], content }, "light");
    expect(bars(scene).length).toBeGreaterThan(10_000);
    expect(texts(scene).filter(({ text }) => text.startsWith("\\u{")).length).toBeGreaterThan(10);
  } finally {
    read.mockRestore();
  }
});

describe("letters", () => {
  /** Pixels that they cover, all together. */
  function inkOf(text: string, size: number): number {
    const { areas, width, height } = rasterize(text, size);
    let ink = 0;
    for (let row = 0; row < height; row++) {
      let sum = 0;
      for (let column = 0; column < width; column++) {
        sum += areas[row * width + column] ?? 0;
        ink += Math.min(1, Math.abs(sum));
      }
      // Whatever is opened is closed before the row ends.
      expect(Math.abs(sum)).toBeLessThan(1e-3);
    }
    return ink;
  }

  it("cover an area that grows with the square of their size", () => {
    for (const char of ["A", "g", "@", "é", "→", "€"]) {
      expect(inkOf(char, 64) / inkOf(char, 16), char).toBeGreaterThan(14);
      expect(inkOf(char, 64) / inkOf(char, 16), char).toBeLessThan(18);
    }
    expect(inkOf(" ", 32)).toBe(0);
  });

  it.each([
    ["Latin with marks", "Łódź, Příbram, İzmir, Việt Nam", "Łódź, Příbram, İzmir, Việt Nam"],
    ["Greek", "Ελλάδα αβγ Ω ΐ", "Ελλάδα αβγ Ω ΐ"],
    ["Cyrillic", "Обработка заказов: ёЙїґ №5", "Обработка заказов: ёЙїґ №5"],
    ["marks apart from their letters", "Cafe\u0301 u\u0308ber", "Café über"],
    ["Chinese, by numbers", "计算 work", "\\u{8ba1}\\u{7b97} work"],
    ["pictures, as boxes", "🔥 hot", "🔥 hot"],
  ])("of %s are drawn", (_what, text, spelt) => {
    expect(inKnownLetters(text)).toBe(spelt);
    const letters = [...spelt].filter((char) => char !== " " && char !== "🔥");
    const box = inkOf("🔥", 32);
    for (const letter of letters) {
      expect(inkOf(letter, 32), letter).toBeGreaterThan(0);
      expect(Math.abs(inkOf(letter, 32) - box), letter).toBeGreaterThan(0.01);
    }
  });

  it("made of a letter and a mark cover both", () => {
    expect(inkOf("é", 64)).toBeCloseTo(inkOf("e", 64) + inkOf("´", 64), 0);
    expect(inkOf("А", 64)).toBe(inkOf("A", 64));
  });

  it("that are spelt by numbers stay within the room of the text", () => {
    const scene = sceneOf({ graphs: [single(["total", "计算机".repeat(40), "处理"])] }, "light", "数据".repeat(200));
    const png = readPng(drawPng(scene));
    for (let y = 40; y < 100; y++) expect(png.at(1195, y)).toBe(scene.background);
    expect(drawSvg(scene, "")).toContain("计算机");
  });
});
