/** A view as a part that comes when it is first shown: until then it is a place that remembers what it would show. */
import { element } from "./dom.ts";

import { brought } from "./later.ts";

interface View<Show> {
  readonly root: HTMLElement;
  show(next: Show | null): void;
  destroy(): void;
}

export function lazyView<Show, Made extends View<Show>>(className: string, bring: () => Promise<Made>) {
  const root = element("div", className);
  let view: Made | null = null;
  let isAsked = false;
  let wanted: Show | null = null;
  return {
    root,
    show: (next: Show | null): void => {
      wanted = next;
      view?.show(next);
      if (!next || isAsked) return;
      isAsked = true;
      void brought(bring).then((made) => {
        view = made;
        root.replaceWith(made.root);
        made.show(wanted);
      });
    },
    destroy: () => view?.destroy(),
    /** null until it is there. */
    made: () => view,
  };
}
