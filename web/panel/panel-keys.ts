/**
 * Keys → actions. Letters work anywhere in the panel but in text fields; arrows, Enter and Escape belong to the graph.
 *
 *   ← → siblings   ↑ parent   ↓ heaviest child   Enter zoom   Esc back   / search   n N hits   c copy   t table   s sandwich   e expand
 */

export type PanelAction =
  | "parent"
  | "heaviest child"
  | "previous"
  | "next"
  | "zoom"
  | "back"
  | "whole"
  | "search"
  | "next hit"
  | "previous hit"
  | "copy"
  | "table"
  | "sandwich"
  | "expand"
  | "menu";

const GRAPH_KEYS: Readonly<Record<string, PanelAction>> = {
  ArrowUp: "parent",
  ArrowDown: "heaviest child",
  ArrowLeft: "previous",
  ArrowRight: "next",
  Enter: "zoom",
  " ": "zoom",
  Escape: "back",
  Home: "whole",
  ContextMenu: "menu",
};
const PANEL_KEYS: Readonly<Record<string, PanelAction>> = {
  "/": "search",
  n: "next hit",
  N: "previous hit",
  c: "copy",
  t: "table",
  s: "sandwich",
  e: "expand",
};

export function listenForKeys(
  panel: HTMLElement,
  graph: HTMLElement,
  actions: Readonly<Partial<Record<PanelAction, () => void>>>,
): void {
  panel.addEventListener("keydown", (event) => {
    const action = event.defaultPrevented ? undefined : actionOf(event, event.target === graph);
    const run = action && actions[action];
    if (!run) return;
    event.preventDefault();
    run();
  });
}

function actionOf(event: KeyboardEvent, onGraph: boolean): PanelAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
  if (onGraph && event.shiftKey && event.key === "F10") return "menu";
  return (onGraph ? GRAPH_KEYS[event.key] : undefined) ?? PANEL_KEYS[event.key];
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches("input, select, textarea");
