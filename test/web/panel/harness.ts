/** The panel alone on a page, with a shell of ten lines around it. Tests drive it through `window.harness`. */
import { createFlamePanel } from "../../../web/panel/flame-panel.ts";
import {
  defaultPanelState,
  type FlamePanelState,
  type FlameSource,
  type StateStep,
} from "../../../web/panel/panel-types.ts";
import { createTableView } from "../../../web/panel/table-view.ts";
import type { Harness } from "./harness-types.ts";
import "../../../web/panel/panel.css";
import "./harness.css";

function startHarness(): Harness {
  const host = document.querySelector<HTMLElement>("#host")!;
  const history: { state: FlamePanelState; how: StateStep }[] = [];
  let state = defaultPanelState;
  const panel = createFlamePanel(host, {
    createTable: createTableView,
    label: "Test flame graph",
    state,
    onState: (next, how) => {
      state = next;
      history.push({ state, how });
    },
  });
  return {
    panel,
    history,
    state: () => state,
    change: (change: Partial<FlamePanelState>) => {
      state = { ...state, ...change };
      panel.setState(state);
    },
    timeToPaint: async (text: string) => {
      const start = performance.now();
      const source = JSON.parse(text) as FlameSource;
      const parsed = performance.now();
      panel.setSource(source);
      await new Promise<void>((resolve) => requestAnimationFrame(() => queueMicrotask(resolve)));
      const painted = performance.now();
      return { parseMs: parsed - start, paintMs: painted - parsed, allMs: painted - start };
    },
  };
}

window.harness = startHarness();
