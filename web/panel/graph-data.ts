/** One source made ready to show: the model, its formatter, and per function what is worked out once and only if seen. */
import { diffShareOf, diffStep } from "../../src/view/diff.ts";
import { formatPoints, formatShare, type ValueFormat, valueFormat } from "../../src/view/format.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, isDiff, isEmpty, type NodeIndex, ROOT, shareOf } from "../../src/view/model.ts";
import { visibleName } from "../../src/view/names.ts";
import { type FramePackage, packageOf } from "../../src/view/package-name.ts";
import { FILL_ROOT, FLAME_COLOURS, packageFill, packageFills, valueStep } from "../../src/view/palette.ts";
import { type TopTable, toTop } from "../../src/view/top-table.ts";
import type { BarFills, BarTexts } from "../paint/scene.ts";
import type { FlamePalette, FlameSource } from "./panel-types.ts";
import type { PanelTheme } from "./theme.ts";

export interface GraphData {
  readonly model: FlameModel;
  readonly format: ValueFormat;
  /** By index into the model's names. */
  readonly nameText: (name: number) => string;
  readonly packageOfName: (name: number) => FramePackage;
  readonly texts: BarTexts;
  /** What the server left out. */
  readonly hidden: FlameSource["hidden"] | null;
  /** The whole of each side. */
  readonly wholes: readonly number[];
  /** Worked out when first asked for. */
  readonly top: () => TopTable;
}

export function graphData(source: FlameSource): GraphData | { readonly reason: string } {
  const decoded = decodeLevels(source.flamebearer, source.metadata.format);
  if (!decoded.ok) return { reason: decoded.reason };
  const { model } = decoded;
  if (isEmpty(model)) return { reason: "No samples" };
  const texts: string[] = [];
  const packages: FramePackage[] = [];
  const nameText = (name: number): string => (texts[name] ??= visibleName(model.names[name]!));
  const { metadata } = source;
  let top: TopTable | undefined;
  return {
    model,
    hidden: (source.hidden?.nodes ?? 0) > 0 ? source.hidden : null,
    wholes: model.sides.map((side) => side.total[ROOT]!),
    top: () => {
      top ??= toTop(model);
      return top;
    },
    format: valueFormat({
      units: metadata.units,
      sampleRate: metadata.sampleRate,
      ...(metadata.aggregation && { aggregation: metadata.aggregation }),
    }),
    nameText,
    packageOfName: (name) => (packages[name] ??= packageOf(model.names[name]!, metadata.spyName)),
    texts: isDiff(model) ? diffTexts(model, nameText) : singleTexts(model, nameText),
  };
}

function singleTexts(model: FlameModel, nameText: (name: number) => string): BarTexts {
  const [side] = model.sides;
  return {
    nameOf: (node) => nameText(model.name[node]!),
    noteOf: (node) => formatShare(shareOf(side, node)),
    signOf: () => "",
  };
}

function diffTexts(model: FlameModel, nameText: (name: number) => string): BarTexts {
  return {
    nameOf: (node) => nameText(model.name[node]!),
    noteOf: (node) => (node === ROOT ? "" : formatPoints(diffShareOf(model, node))),
    signOf: (node) => {
      const step = diffStep(diffShareOf(model, node));
      return step === 4 ? "" : step > 4 ? "+ " : "− ";
    },
  };
}

export function barFills(data: GraphData, palette: FlamePalette, theme: PanelTheme): BarFills {
  const colours = FLAME_COLOURS[theme.name];
  const { model } = data;
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
  const fills = packageFills(colours, theme.paint.merged);
  const texts = fills.map((_, fill) => (fill > FILL_ROOT ? theme.paint.mergedText : colours.text));
  return { colours: fills, texts, fillOf: (node) => nodeFill(data, node) };
}

function nodeFill(data: GraphData, node: NodeIndex): number {
  return node === ROOT ? FILL_ROOT : packageFill(data.packageOfName(data.model.name[node]!));
}

/** The colour of a function's chip in the table. */
export function nameColour(data: GraphData, name: number, theme: PanelTheme): string {
  return packageFills(FLAME_COLOURS[theme.name], theme.paint.merged)[packageFill(data.packageOfName(name))]!;
}
