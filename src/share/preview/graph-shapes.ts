// One flame graph as bars with names, in the colours of the page.
import type { ShareGraph } from "../../api/share.ts";
import { corrupt } from "../../lib/app-error.ts";
import { type BarFills, barFillsOf } from "../../view/bar-fills.ts";
import { type Viewport, viewportOf, visibleLevelCount, visitRow } from "../../view/layout.ts";
import { decodeLevels } from "../../view/levels.ts";
import { type FlameModel, isEmpty, levelOf, type NodeIndex } from "../../view/model.ts";
import { visibleName } from "../../view/names.ts";
import { type FramePackage, packageOf } from "../../view/package-name.ts";
import { PAGE_COLOURS } from "../../view/page-colours.ts";
import { FLAME_COLOURS, type ThemeName } from "../../view/palette.ts";
import { resolvePath, stepFrom } from "../../view/zoom.ts";
import { fitText } from "./fit-text.ts";
import type { Box, Scene } from "./scene.ts";

export interface GraphLook {
  readonly theme: ThemeName;
  readonly palette: "package" | "value";
  readonly zoom: readonly string[];
}

const ROW_LEAST = 22;
const ROW_MOST = 44;
const PADDING = 6;
/** Of a bar's height. */
const TEXT_SIZE = 0.62;
/** Ems. In less there is a letter at most, and a graph has thousands of such bars. */
const LEAST_ROOM = 1;
const GAP_PX = 1;
/** Rows that only lead to the rest are left out when the graph is deeper than the picture. */
const LEADING_SHARE = 0.99;

export function graphShapes(graph: ShareGraph, box: Box, look: GraphLook): Scene["shapes"] {
  const decoded = decodeLevels(graph.flamebearer, graph.metadata.format);
  // It was checked when it was stored.
  if (!decoded.ok) throw corrupt(decoded.reason);
  const { model } = decoded;
  if (isEmpty(model)) return [];
  const rows = Math.floor(box.height / ROW_LEAST);
  const first = firstNode(model, resolvePath(model, look.zoom), rows);
  const viewport = viewportOf(model, first);
  const firstLevel = levelOf(model, first);
  const shownRows = Math.min(rows, visibleLevelCount(model, viewport) - firstLevel);
  const height = Math.min(ROW_MOST, Math.floor(box.height / shownRows));
  const looks = {
    fills: fillsOf(model, graph.metadata.spyName, look),
    shownName: shownNames(model),
    theme: look.theme,
  };
  return Array.from({ length: shownRows }, (_, row) =>
    rowShapes(model, firstLevel + row, viewport, { ...box, y: box.y + row * height, height }, looks),
  ).flat();
}

/** Down from a node while it has hardly anything but one child, and there is more below than has room. */
function firstNode(model: FlameModel, from: NodeIndex, rows: number): NodeIndex {
  const below = visibleLevelCount(model, viewportOf(model, from)) - levelOf(model, from);
  let node = from;
  for (let left = below; left > rows; left--) {
    const child = stepFrom(model, node, "heaviest child");
    if (child === node || (model.width[child] ?? 0) < LEADING_SHARE * (model.width[node] ?? 0)) break;
    node = child;
  }
  return node;
}

function fillsOf(model: FlameModel, spyName: string, { theme, palette }: GraphLook): BarFills {
  const { merged, mergedText } = PAGE_COLOURS[theme];
  const packages = new Map<number, FramePackage>();
  const packageOfName = (name: number): FramePackage => {
    const known = packages.get(name) ?? packageOf(model.names[name] ?? "", spyName);
    packages.set(name, known);
    return known;
  };
  return barFillsOf(model, { palette, colours: FLAME_COLOURS[theme], merged, mergedText, packageOfName });
}

/** Many bars share a long name: it is made visible once. */
function shownNames({ name, names }: FlameModel): (node: NodeIndex) => string {
  const shown = new Map<number, string>();
  return (node) => {
    const index = name[node] ?? 0;
    const text = shown.get(index) ?? visibleName(names[index] ?? "");
    shown.set(index, text);
    return text;
  };
}

interface RowLook {
  readonly fills: BarFills;
  readonly shownName: (node: NodeIndex) => string;
  readonly theme: ThemeName;
}

function rowShapes(
  model: FlameModel,
  level: number,
  viewport: Viewport,
  row: Box,
  { fills, shownName, theme }: RowLook,
): Scene["shapes"] {
  const shapes: Scene["shapes"][number][] = [];
  const { merged, mergedText } = PAGE_COLOURS[theme];
  const height = row.height - GAP_PX;
  const size = Math.round(height * TEXT_SIZE);
  const place = (left: number, right: number, gap: number) => {
    const from = Math.max(0, left);
    return { x: row.x + from, width: Math.max(1, Math.min(right, row.width) - from - gap) };
  };
  visitRow(model, level, viewport, row.width, {
    bar(node, left, right) {
      const at = fills.fillOf(node);
      const { x, width } = place(left, right, GAP_PX);
      shapes.push({ kind: "rect", x, y: row.y, width, height, fill: fills.colours[at] ?? merged });
      const room = width - 2 * PADDING;
      const text = room < LEAST_ROOM * size ? "" : fitText(shownName(node), room / size);
      if (text === "") return;
      const y = row.y + Math.round((height + 0.7 * size) / 2);
      shapes.push({ kind: "text", x: x + PADDING, y, size, fill: fills.texts[at] ?? mergedText, text, room });
    },
    run(_first, _last, left, right) {
      shapes.push({ kind: "rect", ...place(left, right, 0), y: row.y, height, fill: merged });
    },
  });
  return shapes;
}
