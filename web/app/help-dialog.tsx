// The keys of the page.
import { For, type JSX } from "solid-js";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./lazy-dialog.tsx";

const GROUPS = [
  {
    title: "In the flame graph",
    keys: [
      ["↑ ↓", "Parent, heaviest child"],
      ["← →", "Siblings"],
      ["Enter, Space", "Zoom to the frame"],
      ["Esc", "Back to the zoom before"],
      ["Home", "The whole graph"],
      ["Shift F10", "Menu of the frame"],
    ],
  },
  {
    title: "In graph and table",
    keys: [
      ["/", "Search"],
      ["n, N", "Next, previous hit"],
      ["e", "Expand: show what is hidden under the frame"],
      ["c", "Copy the function's name"],
      ["s", "Sandwich: callers and callees of the function"],
      ["t", "Show or hide the table"],
    ],
  },
  {
    title: "On a timeline",
    keys: [
      ["← →", "Move step by step"],
      ["Shift ← →", "Choose a range"],
      ["Enter", "Go to the chosen range"],
      ["Esc", "Let it go"],
    ],
  },
  { title: "Anywhere", keys: [["?", "This list"]] },
] as const;

export function HelpDialog(props: DialogProps): JSX.Element {
  return (
    <Dialog title="Keys" onClose={props.onClose}>
      <For each={GROUPS}>
        {({ title, keys }) => (
          <section aria-label={title}>
            <h3>{title}</h3>
            <dl class="ef-keys">
              <For each={keys}>
                {([key, what]) => (
                  <div>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{what}</dd>
                  </div>
                )}
              </For>
            </dl>
          </section>
        )}
      </For>
    </Dialog>
  );
}
