/** What the harness page offers to tests, as `window.harness`. */
import type { FlamePanelState, FlameSource, StateStep } from "../../../web/panel/panel-types.ts";

export interface Harness {
  /** As panel-options.ts has it, which tests outside a browser can't read. */
  readonly panel: {
    setSource(source: FlameSource | null): void;
    setState(state: FlamePanelState): void;
    setStale(stale: boolean): void;
    destroy(): void;
  };
  readonly history: { state: FlamePanelState; how: StateStep }[];
  readonly state: () => FlamePanelState;
  readonly change: (change: Partial<FlamePanelState>) => void;
  /** Milliseconds from the wire's text, and from the parsed answer, to the end of the frame that shows it. */
  readonly timeToPaint: (text: string) => Promise<{ parseMs: number; paintMs: number; allMs: number }>;
}

declare global {
  interface Window {
    harness: Harness;
  }
}
