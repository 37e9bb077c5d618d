/** Everything one frame of the flame graph is painted from. The painter knows no profile: it asks for colours and texts. */
import type { BarFills } from "../../src/view/bar-fills.ts";
import type { BarTexts } from "../../src/view/bar-texts.ts";
import type { Viewport } from "../../src/view/layout.ts";
import type { FlameModel, NodeIndex } from "../../src/view/model.ts";
import type { SearchHits } from "../../src/view/search-hits.ts";

/** Colours of the page, as the canvas takes them. */
export interface PaintTheme {
  readonly background: string;
  readonly surface: string;
  readonly text: string;
  readonly secondaryText: string;
  readonly accent: string;
  readonly merged: string;
  readonly mergedText: string;
}

/** Hits of a search, and where they are seen: what knows that comes with the search (hit-pixels.ts). */
export interface PaintedHits extends SearchHits {
  /** Visits hits among the nodes [first, end) of one level, at most one per tick's width. */
  visitPixels(
    scene: Pick<FlameScene, "model" | "viewport" | "widthPx">,
    first: NodeIndex,
    end: NodeIndex,
    visit: (px: number, width: number) => void,
  ): void;
}

export interface FlameScene {
  readonly model: FlameModel;
  readonly viewport: Viewport;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelRatio: number;
  readonly rowPx: number;
  readonly scrollTopPx: number;
  /** Levels above this are not drawn. */
  readonly firstLevel: number;
  /** 0, or how many levels there are when the deepest is drawn on top (callers above what they call). */
  readonly flippedLevels: number;
  readonly theme: PaintTheme;
  readonly fills: BarFills;
  readonly texts: BarTexts;
  readonly textEnd: "head" | "tail";
  /** Rows above this level are context of the focused frame, and drawn plain. */
  readonly focusLevel: number;
  readonly hits: PaintedHits | null;
  /** Bars of this function (index into names) are outlined; -1 for none. */
  readonly outlinedName: number;
  /** -1 for none. */
  readonly hovered: NodeIndex;
  /** The selected bar gets a ring; a stronger one while the keyboard is on the graph. -1 for none. */
  readonly selected: NodeIndex;
  readonly hasKeyboard: boolean;
  /** New or removed: hatched, so that it does not rest on colour alone. */
  readonly isHatched: (node: NodeIndex) => boolean;
}

type Rows = Pick<FlameScene, "firstLevel" | "flippedLevels">;

/** Rows count from the top. */
export const rowOfLevel = ({ firstLevel, flippedLevels }: Rows, level: number): number =>
  flippedLevels > 0 ? flippedLevels - 1 - level : level - firstLevel;

export const levelOfRow = ({ firstLevel, flippedLevels }: Rows, row: number): number =>
  flippedLevels > 0 ? flippedLevels - 1 - row : row + firstLevel;

/** Width of a mark that stands for a hit too narrow to be seen. */
export const TICK_PX = 2;

/** Above the rows: marks where search hits are, at any depth. */
export const STRIP_PX = 5;
