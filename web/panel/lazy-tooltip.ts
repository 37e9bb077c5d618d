/** The tooltip as a part that comes when the pointer is first over a bar. */
import type { NodeIndex } from "../../src/view/model.ts";
import { element } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { later } from "./later.ts";

export interface LazyTooltip {
  readonly root: HTMLElement;
  /** Nothing under the pointer hides it. */
  hover(data: GraphData | null, node: NodeIndex | undefined, clientX: number, clientY: number): void;
  hide(): void;
}

export function createLazyTooltip(): LazyTooltip {
  const root = element("div");
  let isAsked = false;
  const tooltip = later(async () => {
    const made = (await import("./tooltip.ts")).createTooltip();
    root.append(made.root);
    return made;
  });
  const hide = (): void => {
    if (isAsked) tooltip((shown) => shown.hide());
  };
  return {
    root,
    hover: (data, node, clientX, clientY) => {
      if (!data || node === undefined) return hide();
      isAsked = true;
      tooltip((shown) => shown.show(data, node, clientX, clientY));
    },
    hide,
  };
}
