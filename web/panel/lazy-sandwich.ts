/** The sandwich as a part that comes when it is first shown: until then it is a place that remembers what it would show. */
import { element } from "./dom.ts";
import type { SandwichEvents, SandwichShow, SandwichView } from "./sandwich-view.ts";

export function createLazySandwich(label: string, events: SandwichEvents): SandwichView {
  const root = element("div", "efp-sandwich");
  let view: SandwichView | null = null;
  let isAsked = false;
  let wanted: SandwichShow | null = null;

  async function bring(): Promise<void> {
    isAsked = true;
    const { createSandwichView } = await import("./sandwich-view.ts");
    view = createSandwichView(label, events);
    root.replaceWith(view.root);
    view.show(wanted);
  }

  return {
    root,
    show: (next) => {
      wanted = next;
      if (view) view.show(next);
      else if (next && !isAsked) void bring();
    },
    destroy: () => view?.destroy(),
  };
}
