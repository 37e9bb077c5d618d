/** What can be done with one frame, as the items of the context menu. */
import type { MenuItem } from "./context-menu.ts";
import type { TextEnd } from "./panel-types.ts";

export interface FrameCommands {
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
    { text: "Zoom to this frame", run: commands.zoomHere },
    { text: "Show the whole graph", run: commands.showWhole },
    { text: "Highlight this function", run: commands.highlight },
    { text: "Copy name", run: commands.copyName },
    { text: "Copy stack", run: commands.copyStack },
    { text: `Show ${otherEnd === "head" ? "beginnings" : "ends"} of names`, run: () => commands.showEnd(otherEnd) },
  ];
}
