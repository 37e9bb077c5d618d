// What a preview image shows, as a list of rectangles and texts that every writer draws the same:
//
//   ┌────────────────────────────────────────────┐
//   │ Title                            Edgeflame │      card of a link, 1200 × 630
//   │ CPU time 3.42 s                            │
//   │ ┌────────────────────────────────────────┐ │
//   │ │ total                                  │ │      the graph from where it is zoomed to, as deep as there is room;
//   │ │ main           │ runtime   │           │ │      of a comparison two, side by side
//   │ └────────────────────────────────────────┘ │
//   │ 33.1 % work     20.0 % parse    6.1 % read │      what is heaviest, or has changed most
//   └────────────────────────────────────────────┘
import type { ShareContent } from "../../api/share.ts";
import { PAGE_COLOURS } from "../../view/page-colours.ts";
import type { ThemeName } from "../../view/palette.ts";
import type { ShareFacts } from "../facts.ts";
import { PREVIEW_SIZE } from "../page-html.ts";
import { fitText } from "./fit-text.ts";
import { graphShapes } from "./graph-shapes.ts";
import { widthOf } from "./outlines.ts";

export interface SceneRect {
  readonly kind: "rect";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `#rrggbb`, as everywhere here. */
  readonly fill: string;
}

export interface SceneText {
  readonly kind: "text";
  /** Left end of the base line. */
  readonly x: number;
  readonly y: number;
  /** Pixels to the em. */
  readonly size: number;
  readonly fill: string;
  readonly text: string;
  /** Pixels that it may take. */
  readonly room: number;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly shapes: readonly (SceneRect | SceneText)[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PreviewFacts {
  readonly title: string;
  /** The whole of it, as text. */
  readonly totals: string;
  readonly top: ShareFacts["graphs"][number]["top"];
  /** Null: only the reader's browser can decode it. */
  readonly content: Pick<ShareContent, "layout" | "graphs" | "view"> | null;
}

const MARGIN = 48;
const INNER = PREVIEW_SIZE.width - 2 * MARGIN;
const GAP = 16;
const BRAND = "Edgeflame";
const TOP_COLUMNS = 3;

export function previewScene({ title, totals, top, content }: PreviewFacts, theme: ThemeName): Scene {
  const ink = PAGE_COLOURS[theme];
  const text = (x: number, y: number, size: number, fill: string, words: string, most: number): SceneText[] => {
    const fitting = fitText(words, most / size);
    return fitting === "" ? [] : [{ kind: "text", x, y, size, fill, text: fitting, room: most }];
  };
  const brandWidth = widthOf(BRAND) * 22;
  const box = { x: MARGIN, y: 156, width: INNER, height: 388 };
  return {
    ...PREVIEW_SIZE,
    background: ink.background,
    shapes: [
      ...text(MARGIN, 82, 44, ink.text, title, INNER),
      ...text(MARGIN, 128, 26, ink.secondaryText, totals, INNER - brandWidth - GAP),
      ...text(MARGIN + INNER - brandWidth, 128, 22, ink.secondaryText, BRAND, INNER),
      ...(content === null
        ? text(MARGIN, 340, 26, ink.secondaryText, "A large profile: open the link to see its flame graph.", INNER)
        : graphs(content, box, theme)),
      ...top.slice(0, TOP_COLUMNS).flatMap(({ self, name }, column) => {
        const width = (INNER - (TOP_COLUMNS - 1) * GAP) / TOP_COLUMNS;
        const x = MARGIN + column * (width + GAP);
        const share = text(x, 592, 22, ink.text, self, width);
        const shareWidth = widthOf(self) * 22 + 10;
        return [...share, ...text(x + shareWidth, 592, 22, ink.secondaryText, name, width - shareWidth)];
      }),
    ],
  };
}

function graphs(
  { layout, graphs: all, view }: Pick<ShareContent, "layout" | "graphs" | "view">,
  box: Box,
  theme: ThemeName,
): Scene["shapes"] {
  const shown = layout === "comparison" ? all.slice(0, 2) : all.slice(0, 1);
  const width = (box.width - (shown.length - 1) * GAP) / shown.length;
  return shown.flatMap((graph, at) => {
    const zoom = at === 0 ? view.zoom : (view.other?.zoom ?? view.zoom);
    const place = { ...box, x: box.x + at * (width + GAP), width };
    return graphShapes(graph, place, { theme, palette: view.palette ?? "package", zoom: zoom ?? [] });
  });
}
