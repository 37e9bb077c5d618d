/** Which colour a bar has: its package's, its share's, or of a diff that of the change. */
import { diffShareOf, diffStep } from "./diff.ts";
import { type FlameModel, isDiff, type NodeIndex, ROOT, shareOf } from "./model.ts";
import type { FramePackage } from "./package-name.ts";
import { FILL_ROOT, type FlameColours, packageFill, packageFills, valueStep } from "./palette.ts";

/** A small table of fills, and which of them a node gets. */
export interface BarFills {
  readonly colours: readonly string[];
  /** Text colour on each of them. */
  readonly texts: readonly string[];
  readonly fillOf: (node: NodeIndex) => number;
}

export interface FillChoice {
  readonly palette: "package" | "value";
  readonly colours: FlameColours;
  /** Of boxes that stand for many small frames. */
  readonly merged: string;
  readonly mergedText: string;
  readonly packageOfName: (name: number) => FramePackage;
}

export function barFillsOf(
  model: FlameModel,
  { palette, colours, merged, mergedText, packageOfName }: FillChoice,
): BarFills {
  if (isDiff(model)) {
    return { colours: colours.diff, texts: colours.diffText, fillOf: (node) => diffStep(diffShareOf(model, node)) };
  }
  if (palette === "value") {
    const [side] = model.sides;
    return {
      colours: colours.values,
      texts: colours.values.map(() => colours.text),
      fillOf: (node) => valueStep(shareOf(side, node)),
    };
  }
  const fills = packageFills(colours, merged);
  return {
    colours: fills,
    texts: fills.map((_, fill) => (fill > FILL_ROOT ? mergedText : colours.text)),
    fillOf: (node) => (node === ROOT ? FILL_ROOT : packageFill(packageOfName(model.name[node]!))),
  };
}
