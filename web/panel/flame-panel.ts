/** The flame panel: toolbar, canvas, tree for assistive technology, tooltip and table, in one host element. */
import type { FlamePanel, FlamePanelOptions } from "./panel-types.ts";

export function createFlamePanel(host: HTMLElement, options: FlamePanelOptions): FlamePanel {
  host.setAttribute("aria-label", options.label);
  return {
    setSource: () => {},
    setState: () => {},
    setStale: () => {},
    destroy: () => host.replaceChildren(),
  };
}
