/** What makes a flame panel, and what it can be told. */
import type { NodeIndex } from "../../src/view/model.ts";
import type { ThemeName } from "../../src/view/palette.ts";
import type { MenuItem } from "./context-menu.ts";
import type { GraphData } from "./graph-data.ts";
import type { FlamePanelState, FlameSource, StateStep } from "./panel-types.ts";
import type { SearchState } from "./search-outcome.ts";
import type { TableEvents, TableView } from "./table-view.ts";

export interface FlamePanelOptions {
  /** Accessible name, such as "Baseline flame graph". */
  readonly label: string;
  /** Marks the panel as one side of a comparison: its letter and colour. */
  readonly side?: "A" | "B";
  readonly state: FlamePanelState;
  readonly onState: (state: FlamePanelState, how: StateStep) => void;
  /** The table is large: a page that may do without it brings it later (lazy-table.ts). */
  readonly createTable: (label: string, events: TableEvents) => TableView;
  /** Somebody wants to see what is hidden under this frame; [] is the root. Absent: nothing more can be asked for. */
  readonly onExpand?: (path: readonly string[]) => void;
  /** What the graph can be exported as (web/export). Absent: nothing. */
  readonly exportItems?: (moment: ExportMoment) => Promise<readonly MenuItem[]>;
}

/** What is on the screen when somebody exports it. */
export interface ExportMoment {
  readonly source: FlameSource;
  readonly data: GraphData;
  readonly state: FlamePanelState;
  readonly theme: ThemeName;
  readonly focus: NodeIndex;
  readonly search: SearchState;
  readonly widthPx: number;
  /** Says how it went, where it can be seen. */
  readonly say: (text: string) => void;
}

export interface FlamePanel {
  /** null shows an empty graph; the shell says why it is empty. */
  setSource(source: FlameSource | null): void;
  setState(state: FlamePanelState): void;
  /** Old data stays on screen, dimmed a little, while new data is on its way. */
  setStale(stale: boolean): void;
  destroy(): void;
}
