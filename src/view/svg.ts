/**
 * A flame graph as an SVG picture: the bars that the canvas would paint, as text, without a DOM. Nothing in it runs or is
 * fetched, and names are escaped twice over: as visible text, then as XML.
 *
 *   title
 *   caption
 *   [ heading of a pane ]        a picture has one pane, or two (callers above, callees below)
 *   [ bars, one row per level ]
 */
import { escapeHtml } from "../lib/escape-html.ts";
import { type BarFills, barFillsOf } from "./bar-fills.ts";
import { type BarTexts, barLabel, barTextsOf } from "./bar-texts.ts";
import { nodePresence } from "./diff.ts";
import type { ValueFormat } from "./format.ts";
import { viewportOf, visibleLevelCount, visitRow } from "./layout.ts";
import { type FlameModel, isDiff, levelOf, type NodeIndex } from "./model.ts";
import { cutToCells, visibleName } from "./names.ts";
import { nodeNumbers } from "./node-text.ts";
import { type FramePackage, packageOf } from "./package-name.ts";
import { PAGE_COLOURS, type PageColours } from "./page-colours.ts";
import { FLAME_COLOURS, type ThemeName } from "./palette.ts";
import { isHit, type SearchHits } from "./search-hits.ts";

export interface SvgPane {
  readonly model: FlameModel;
  /** It fills the width; what it lies on is drawn plain above it. The root draws all. */
  readonly focus: NodeIndex;
  readonly hits?: SearchHits | null;
  /** Levels above this are not drawn. */
  readonly firstLevel?: number;
  /** The deepest level is on top. */
  readonly upsideDown?: boolean;
  readonly heading?: string;
}

export interface SvgPicture {
  readonly panes: readonly SvgPane[];
  readonly widthPx: number;
  /** Deeper rows of a pane are left out, and counted in a last line. */
  readonly mostRows: number;
  readonly theme: ThemeName;
  readonly palette: "package" | "value";
  readonly textEnd: "head" | "tail";
  readonly spyName: string;
  /** "" for none. */
  readonly title: string;
  readonly caption: string;
  /** How values read in the tooltip of each bar; null: no tooltips, which halves the size. */
  readonly tooltips: ValueFormat | null;
}

export interface SvgText {
  readonly svg: string;
  readonly heightPx: number;
}

const ROW_PX = 20;
const BAR_PX = ROW_PX - 1;
const MARGIN_PX = 8;
const PADDING_PX = 5;
const MIN_LABEL_PX = 24;
/** Of 12 px monospace; fonts differ a little, so rather a letter too few. */
const CELL_PX = 7.3;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const HATCH = "edgeflame-hatch";

/** For text and attributes of XML: first what is not seen is made visible, then what would be markup is escaped. */
export const xmlText = (text: string): string => escapeHtml(visibleName(text));

export function flameSvg(picture: SvgPicture): SvgText {
  const { widthPx, title, caption, panes, theme } = picture;
  const page = PAGE_COLOURS[theme];
  const parts: string[] = [];
  let y = MARGIN_PX;
  const line = (text: string, px: number, colour: string, weight: number): void => {
    if (text === "") return;
    const cells = Math.floor(((widthPx - 2 * MARGIN_PX) / px) * (12 / CELL_PX));
    const shown = escapeHtml(cutToCells(visibleName(text), cells, "head"));
    const baseline = y + px;
    parts.push(
      `<text x="${MARGIN_PX}" y="${baseline}" font-size="${px}" font-weight="${weight}" fill="${colour}">${shown}</text>`,
    );
    y += px + 8;
  };
  line(title, 14, page.text, 600);
  line(caption, 12, page.secondaryText, 400);
  for (const pane of panes) {
    if (pane.heading) line(pane.heading, 12, page.text, 600);
    const rows = paneSvg(picture, pane, y);
    parts.push(rows.svg);
    y += rows.heightPx;
    if (rows.leftOut > 0) line(`${rows.leftOut} deeper rows are not shown`, 12, page.secondaryText, 400);
  }
  const heightPx = y + MARGIN_PX;
  const label = title === "" ? "Flame graph" : title;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${widthPx} ${heightPx}" width="${widthPx}" height="${heightPx}" role="img" aria-label="${xmlText(label)}" font-family="${FONT}" font-size="12">`,
    panes.some(({ model }) => isDiff(model)) ? hatchPattern(page) : "",
    `<rect width="${widthPx}" height="${heightPx}" fill="${page.background}"/>`,
    ...parts,
    "</svg>",
  ].join("\n");
  return { svg, heightPx };
}

/** New and removed frames are hatched, so that they do not rest on colour alone. */
const hatchPattern = ({ background }: PageColours): string =>
  `<defs><pattern id="${HATCH}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.5" height="8" fill="${background}" fill-opacity="0.4"/></pattern></defs>`;

interface PaneBars {
  readonly picture: SvgPicture;
  readonly pane: SvgPane;
  readonly page: PageColours;
  readonly fills: BarFills;
  readonly texts: BarTexts;
}

function paneSvg(picture: SvgPicture, pane: SvgPane, top: number): { svg: string; heightPx: number; leftOut: number } {
  const { model, focus, firstLevel = 0, upsideDown = false } = pane;
  const viewport = viewportOf(model, focus);
  if (!(viewport.width > 0)) return { svg: "", heightPx: 0, leftOut: 0 };
  const page = PAGE_COLOURS[picture.theme];
  const bars: PaneBars = { picture, pane, page, ...paneTexts(picture, model, page) };
  const deepest = visibleLevelCount(model, viewport);
  const end = Math.min(deepest, firstLevel + picture.mostRows);
  const focusLevel = levelOf(model, focus);
  const innerPx = picture.widthPx - 2 * MARGIN_PX;
  const out: string[] = [];
  for (let level = firstLevel; level < end; level++) {
    const row = upsideDown ? end - 1 - level : level - firstLevel;
    const y = top + row * ROW_PX;
    visitRow(model, level, viewport, innerPx, {
      bar: (node, left, right) => {
        out.push(barSvg(bars, node, clampPx(left, innerPx), clampPx(right, innerPx), y, level < focusLevel));
      },
      run: (_first, _last, left, right) => {
        const from = clampPx(left, innerPx);
        out.push(rect(from, y, Math.max(clampPx(right, innerPx) - from, 0.5), page.merged));
      },
    });
  }
  return { svg: out.join("\n"), heightPx: Math.max(0, end - firstLevel) * ROW_PX, leftOut: deepest - end };
}

function paneTexts(picture: SvgPicture, model: FlameModel, page: PageColours): { fills: BarFills; texts: BarTexts } {
  const packages: FramePackage[] = [];
  const names: string[] = [];
  const fills = barFillsOf(model, {
    palette: picture.palette,
    colours: FLAME_COLOURS[picture.theme],
    merged: page.merged,
    mergedText: page.mergedText,
    packageOfName: (name) => (packages[name] ??= packageOf(model.names[name]!, picture.spyName)),
  });
  return { fills, texts: barTextsOf(model, (name) => (names[name] ??= visibleName(model.names[name]!))) };
}

function barSvg(
  { picture, pane, page, fills, texts }: PaneBars,
  node: NodeIndex,
  left: number,
  right: number,
  y: number,
  isContext: boolean,
): string {
  const { model, hits } = pane;
  // A gap of one pixel sets bars apart; a bar too narrow for it keeps its width.
  const width = right - left >= 3 ? right - left - 1 : right - left;
  const hit = hits ? isHit(hits, node) : false;
  const dimmed = Boolean(hits) && !hit;
  const fill = fills.fillOf(node);
  const colour = isContext ? page.surface : dimmed ? page.merged : fills.colours[fill]!;
  const parts = [rect(left, y, width, colour)];
  if (!isContext && !dimmed && nodePresence(model, node) !== "both") parts.push(rect(left, y, width, `url(#${HATCH})`));
  if (hit) parts.push(rect(left, y + BAR_PX - 2, width, page.text, 2));
  if (right - left >= MIN_LABEL_PX) {
    const cells = Math.floor((width - 2 * PADDING_PX) / CELL_PX);
    const ink = isContext ? page.secondaryText : dimmed ? page.mergedText : fills.texts[fill]!;
    const { text, note } = cells < 1 ? { text: "", note: "" } : barLabel(texts, node, cells, picture.textEnd);
    if (text !== "") parts.push(text12(left + PADDING_PX, y, ink, text, "start"));
    if (text !== "" && note !== "") parts.push(text12(left + width - PADDING_PX, y, ink, note, "end"));
  }
  const { tooltips } = picture;
  if (tooltips === null) return parts.join("");
  const numbers = nodeNumbers(model, node, tooltips);
  return `<g><title>${escapeHtml(`${texts.nameOf(node)}, ${numbers}`)}</title>${parts.join("")}</g>`;
}

const clampPx = (px: number, innerPx: number): number => Math.max(0, Math.min(px, innerPx));

const rect = (left: number, y: number, width: number, fill: string, height = BAR_PX): string =>
  `<rect x="${short(MARGIN_PX + left)}" y="${y}" width="${short(width)}" height="${height}" fill="${fill}"/>`;

const text12 = (left: number, y: number, fill: string, text: string, anchor: "start" | "end"): string =>
  `<text x="${short(MARGIN_PX + left)}" y="${y + 14}" fill="${fill}"${anchor === "end" ? ' text-anchor="end"' : ""} xml:space="preserve">${escapeHtml(text)}</text>`;

/** Hundredths of a pixel are enough. */
const short = (px: number): string => String(Math.round(px * 100) / 100);
