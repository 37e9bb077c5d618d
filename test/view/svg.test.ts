import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { valueFormat } from "../../src/view/format.ts";
import { decodeLevels, type FlamebearerLevels } from "../../src/view/levels.ts";
import { type FlameModel, ROOT } from "../../src/view/model.ts";
import { PAGE_COLOURS } from "../../src/view/page-colours.ts";
import { searchModel } from "../../src/view/search.ts";
import { parseSearch } from "../../src/view/search-query.ts";
import { flameSvg, type SvgPane, type SvgPicture } from "../../src/view/svg.ts";
import { resolvePath } from "../../src/view/zoom.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { anyFlamebearer } from "./any-flamebearer.ts";
import { hostileNames, NOT_PLAIN } from "./hostile-names.ts";

function modelOf(levels: FlamebearerLevels, format: "single" | "double" = "single"): FlameModel {
  const decoded = decodeLevels(levels, format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}

function picture(pane: SvgPane, change: Partial<SvgPicture> = {}): SvgPicture {
  return {
    panes: [pane],
    widthPx: 600,
    mostRows: 100,
    theme: "light",
    palette: "package",
    textEnd: "head",
    spyName: "gospy",
    title: "shop.cpu",
    caption: "2026-01-02 03:04 – 04:04 UTC",
    tooltips: valueFormat({ units: "samples", sampleRate: 100 }),
    ...change,
  };
}

const SMALL = modelOf({
  names: ["total", "main", "main.work", "net/http.serve"],
  levels: [
    [0, 100, 0, 0],
    [0, 75, 5, 1, 0, 25, 25, 3],
    [5, 70, 70, 2],
  ],
});
const root: SvgPane = { model: SMALL, focus: ROOT };
const rects = (svg: string): number => svg.match(/<rect /g)?.length ?? 0;

describe("flameSvg", () => {
  it("draws one bar a frame, as the golden picture has it", async () => {
    await expect(flameSvg(picture(root)).svg).toMatchFileSnapshot("golden/small.svg");
    await expect(
      flameSvg(picture({ model: modelOf(RIDESHARE_DIFF.flamebearer, "double"), focus: ROOT }, { theme: "dark" })).svg,
    ).toMatchFileSnapshot("golden/rideshare-diff-dark.svg");
  });

  it("fills the width with the frame in focus, under what it lies on", () => {
    const focus = resolvePath(SMALL, ["main", "main.work"]);
    const { svg } = flameSvg(picture({ model: SMALL, focus }));
    expect(rects(svg)).toBe(1 + 3);
    expect(svg).not.toContain("net/http");
    expect(svg.match(/width="583"/g)).toHaveLength(3);
  });

  it("dims what a search leaves out, and underlines what it finds", () => {
    const search = parseSearch("work");
    if (search.kind !== "test") throw new Error("a search");
    const { svg } = flameSvg(picture({ ...root, hits: searchModel(SMALL, search.test) }));
    expect(rects(svg)).toBe(1 + 4 + 1);
    expect(svg.match(new RegExp(`fill="${PAGE_COLOURS.light.merged}"`, "g"))).toHaveLength(3);
  });

  it("leaves deeper rows out, and says how many", () => {
    const model = modelOf(anyFlamebearer({ nodeCount: 400, nameCount: 20, maxDepth: 40, seed: 3 }).flamebearer);
    const whole = flameSvg(picture({ model, focus: ROOT }));
    const cut = flameSvg(picture({ model, focus: ROOT }, { mostRows: 5 }));
    expect(cut.svg).toContain(`${model.levelCount - 5} deeper rows are not shown`);
    expect(whole.heightPx - cut.heightPx).toBe((model.levelCount - 5) * 20 - 20);
  });

  it("stands on its head where it is asked to", () => {
    const y = (svg: string) => Number(/main\.work,.*?y="(\d+)"/.exec(svg)?.[1]);
    const [upright, flipped] = [flameSvg(picture(root)), flameSvg(picture({ ...root, upsideDown: true }))];
    expect(y(flipped.svg)).toBe(y(upright.svg) - 2 * 20);
    expect(rects(flameSvg(picture({ ...root, firstLevel: 1 })).svg)).toBe(1 + 3);
  });

  it.each(hostileNames)("shows a function, title and caption named as %s as text", (_what, name) => {
    const model = modelOf({
      names: ["total", name],
      levels: [
        [0, 10, 0, 0],
        [0, 10, 10, 1],
      ],
    });
    const { svg } = flameSvg(picture({ model, focus: ROOT }, { title: name, caption: name }));
    // Whatever a parser calls an element or an attribute is one of ours.
    const tags = new Set([...svg.matchAll(/<\/?([^\s>/]+)/g)].map(([, tag]) => tag));
    expect([...tags].sort()).toEqual(["g", "rect", "svg", "text", "title"]);
    expect(svg.replaceAll(/"[^"]*"/g, "")).not.toMatch(/<[^>]*\son\w+=/);
    expect(svg).not.toMatch(NOT_PLAIN);
    expect(svg.length).toBeLessThan(20_000);
  });

  it("has the colours of the page", () => {
    const tokens = readFileSync(new URL("../../web/tokens.css", import.meta.url), "utf8");
    const css = { background: "bg", surface: "surface", text: "text", secondaryText: "text-2" } as const;
    const all = { ...css, merged: "merged", mergedText: "merged-text" } as const;
    for (const [key, token] of Object.entries(all)) {
      const { light, dark } = PAGE_COLOURS;
      const name = key as keyof typeof all;
      expect(tokens).toContain(`--ef-${token}: light-dark(${light[name]}, ${dark[name]});`);
    }
  });
});
