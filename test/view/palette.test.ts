import { describe, expect, it } from "vitest";
import { DIFF_STEP_COUNT, diffStep, presenceOf } from "../../src/view/diff.ts";
import { FLAME_COLOURS, packageFill, valueStep } from "../../src/view/palette.ts";

/** WCAG 2 contrast ratio of two #rrggbb colours. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

function channels(colour: string): [number, number, number] {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255].map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const BACKGROUND = { light: "#ffffff", dark: "#12141a" } as const;

describe.each(["light", "dark"] as const)("colours of the %s theme", (theme) => {
  const colours = FLAME_COLOURS[theme];

  it("leave every label legible", () => {
    const plain = [...colours.hues, ...colours.values, colours.runtime, colours.kernel, colours.native, colours.root];
    for (const fill of plain) expect(contrast(fill, colours.text), fill).toBeGreaterThan(4.5);
    for (const [step, fill] of colours.diff.entries())
      expect(contrast(fill, colours.diffText[step]!), fill).toBeGreaterThan(4.5);
  });

  it("set the strong steps of a diff apart from the page", () => {
    for (const step of [0, 1, 7, 8]) expect(contrast(colours.diff[step]!, BACKGROUND[theme])).toBeGreaterThan(3);
  });

  it("have a fill for every step", () => {
    expect([colours.hues.length, colours.values.length, colours.diff.length, colours.diffText.length]).toEqual([
      12,
      7,
      DIFF_STEP_COUNT,
      DIFF_STEP_COUNT,
    ]);
  });
});

describe("diffStep", () => {
  it.each([
    [-1, 0],
    [-0.15, 0],
    [-0.1, 1],
    [-0.03, 2],
    [-0.006, 3],
    [-0.004, 4],
    [0, 4],
    [0.004, 4],
    [0.005, 5],
    [0.02, 6],
    [0.05, 7],
    [0.15, 8],
    [1, 8],
  ])("%d is step %d", (share, step) => {
    expect(diffStep(share)).toBe(step);
  });

  it("tells new from removed from neither", () => {
    expect([presenceOf(0, 1), presenceOf(1, 0), presenceOf(1, 1), presenceOf(0, 0)]).toEqual([
      "new",
      "removed",
      "both",
      "both",
    ]);
  });
});

describe("packageFill", () => {
  it("gives the same hue to a package wherever it appears, and spreads packages over all hues", () => {
    const fill = (name: string) => packageFill({ kind: "package", name });
    expect(fill("net/http")).toBe(fill("net/http"));
    const used = new Set(Array.from({ length: 200 }, (_, number) => fill(`github.com/acme/service${number}`)));
    expect([...used].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("climbs with the share", () => {
    const steps = [0, 0.002, 0.005, 0.02, 0.05, 0.2, 0.6, 1].map(valueStep);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect([steps[0], steps.at(-1)]).toEqual([0, 6]);
  });
});
