/** One source made ready to show: the model, its formatter, and per function what is worked out once and only if seen. */
import { type BarFills, barFillsOf } from "../../src/view/bar-fills.ts";
import { type BarTexts, barTextsOf } from "../../src/view/bar-texts.ts";
import { type ValueFormat, valueFormat } from "../../src/view/format.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, isEmpty, ROOT } from "../../src/view/model.ts";
import { visibleName } from "../../src/view/names.ts";
import { type FramePackage, packageOf } from "../../src/view/package-name.ts";
import { FLAME_COLOURS } from "../../src/view/palette.ts";
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
  return {
    model,
    hidden: (source.hidden?.nodes ?? 0) > 0 ? source.hidden : null,
    wholes: model.sides.map((side) => side.total[ROOT]!),
    format: valueFormat(metadata),
    nameText,
    packageOfName: (name) => (packages[name] ??= packageOf(model.names[name]!, metadata.spyName)),
    texts: barTextsOf(model, nameText),
  };
}

export function barFills(data: GraphData, palette: FlamePalette, theme: PanelTheme): BarFills {
  const { merged, mergedText } = theme.paint;
  const colours = FLAME_COLOURS[theme.name];
  return barFillsOf(data.model, { palette, colours, merged, mergedText, packageOfName: data.packageOfName });
}
