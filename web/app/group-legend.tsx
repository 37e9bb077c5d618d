// The values of a group-by with their colours; one can be looked at alone.
import { For, type JSX, Show } from "solid-js";
import { type Groups, MOST_GROUPS } from "../timeline/timeline-build.ts";

export interface GroupLegendProps {
  readonly groups: Groups;
  readonly alone: string | null;
  readonly onAlone: (name: string | null) => void;
}

export function GroupLegend(props: GroupLegendProps): JSX.Element {
  return (
    <Show when={props.groups.lines.length > 0}>
      <ul class="ef-legend" aria-label="Groups">
        <For each={props.groups.lines}>
          {({ name, colour }) => (
            <li>
              <button
                type="button"
                aria-pressed={props.alone === name}
                title={props.alone === name ? "Show all" : "Show this one alone"}
                onClick={() => props.onAlone(props.alone === name ? null : name)}
              >
                <span class="tl-chip" style={{ background: `var(${colour})` }} />
                {name === "*" ? "(without the tag)" : name}
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.groups.hidden > 0}>
        <p class="ef-quiet">
          The {MOST_GROUPS} largest of {MOST_GROUPS + props.groups.hidden} values are drawn.
        </p>
      </Show>
    </Show>
  );
}
