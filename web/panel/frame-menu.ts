/** What can be done with one frame, as the items of the context menu. */
import { expandableFrame } from "../../src/view/hidden.ts";
import type { NodeIndex } from "../../src/view/model.ts";
import { pathOf } from "../../src/view/zoom.ts";
import type { MenuItem } from "./context-menu.ts";
import type { GraphData } from "./graph-data.ts";
import type { TextEnd } from "./panel-types.ts";

export interface FrameCommands {
  /** Only where something is hidden: what to call it, and what asks for it. */
  readonly expand: MenuItem | null;
  /** null for the whole, which is no function. */
  readonly sandwich: (() => void) | null;
  readonly zoomHere: () => void;
  readonly showWhole: () => void;
  readonly highlight: () => void;
  readonly copyName: () => void;
  readonly copyStack: () => void;
  readonly showEnd: (end: TextEnd) => void;
}

export function frameMenuItems(commands: FrameCommands, textEnd: TextEnd): MenuItem[] {
  const otherEnd = textEnd === "head" ? "tail" : "head";
  return [
    ...(commands.expand === null ? [] : [commands.expand]),
    { text: "Zoom to this frame", run: commands.zoomHere },
    { text: "Show the whole graph", run: commands.showWhole },
    ...(commands.sandwich === null ? [] : [{ text: "Callers and callees", run: commands.sandwich }]),
    { text: "Highlight this function", run: commands.highlight },
    { text: "Copy name", run: commands.copyName },
    { text: "Copy stack", run: commands.copyStack },
    { text: `Show ${otherEnd === "head" ? "beginnings" : "ends"} of names`, run: () => commands.showEnd(otherEnd) },
  ];
}

/** null where nothing is hidden, or nobody can be asked. */
export function expandItem(
  data: GraphData | null,
  node: NodeIndex,
  onExpand: ((path: readonly string[]) => void) | undefined,
): MenuItem | null {
  const frame = data?.hidden ? expandableFrame(data.model, node) : undefined;
  if (!data || !onExpand || frame === undefined) return null;
  const path = pathOf(data.model, frame);
  const text = frame === node ? "Show all under this frame" : "Expand: show what is hidden here";
  return { text, run: () => onExpand(path) };
}

/** Of a function in the sandwich, where a frame is no place in the graph. */
export const functionMenuItems = (show: (view: "flamegraph" | "sandwich") => void, copy: () => void): MenuItem[] => [
  { text: "Callers and callees", run: () => show("sandwich") },
  { text: "Show in the flame graph", run: () => show("flamegraph") },
  { text: "Copy name", run: copy },
];
