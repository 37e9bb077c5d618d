/** A small menu at the pointer or at the selected bar: arrow keys move, Escape and a click outside close it. */
import { button, element } from "./dom.ts";

export interface MenuItem {
  readonly text: string;
  /** What is to be known before it is chosen; "" and absent: nothing. */
  readonly note?: string;
  readonly run: () => void;
}

export interface ContextMenu {
  readonly root: HTMLElement;
  open(label: string, items: readonly MenuItem[], clientX: number, clientY: number): void;
}

export function createContextMenu(): ContextMenu {
  const root = element("div", "efp-menu", { role: "menu", popover: "manual" });
  let returnTo: Element | null = null;

  function close(): void {
    document.removeEventListener("pointerdown", closeOutside, true);
    if (root.matches(":popover-open")) root.hidePopover();
    if (returnTo instanceof HTMLElement) returnTo.focus({ preventScroll: true });
  }
  // Not an "auto" popover: that one closes when the button that opened it is let go.
  function closeOutside(event: Event): void {
    if (!(event.target instanceof Node) || !root.contains(event.target)) close();
  }
  root.addEventListener("keydown", (event) => {
    const items = [...root.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + items.length,
      Home: 0,
      End: items.length - 1,
    };
    const next = steps[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (next !== undefined) items[next % items.length]?.focus();
    else return;
    event.preventDefault();
  });
  return {
    root,
    open: (label, items, clientX, clientY) => {
      root.setAttribute("aria-label", label);
      returnTo = document.activeElement;
      root.replaceChildren(
        ...items.map(({ text, note, run }) => {
          const item = button(
            "efp-menu-item",
            text,
            () => {
              close();
              run();
            },
            { role: "menuitem", tabindex: -1 },
          );
          if (note) item.append(element("span", "efp-menu-note", {}, note));
          return item;
        }),
      );
      root.showPopover();
      document.addEventListener("pointerdown", closeOutside, true);
      const left = Math.min(clientX, window.innerWidth - root.offsetWidth - 8);
      const top = Math.min(clientY, window.innerHeight - root.offsetHeight - 8);
      root.style.left = `${Math.max(4, left)}px`;
      root.style.top = `${Math.max(4, top)}px`;
      root.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    },
  };
}
