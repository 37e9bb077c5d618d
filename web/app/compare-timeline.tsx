// The shared timeline of comparison and diff, with the tools that concern both sides.
import { type JSX, Show } from "solid-js";
import { swapSides } from "../state/page-state.ts";
import type { AppModel } from "./app-model.ts";
import type { CompareModel } from "./compare-model.ts";
import { Icon } from "./icons.tsx";
import { TimelineTools } from "./timeline-tools.tsx";
import { TimelineView } from "./timeline-view.tsx";

export function CompareTimeline(props: { app: AppModel; compare: CompareModel; children?: JSX.Element }): JSX.Element {
  const { app, compare } = props;
  const { store } = app;
  return (
    <section class="ef-card ef-timeline" aria-label="Shared timeline">
      <div class="ef-bar">
        <h2>Both sides</h2>
        <span class="ef-quiet ef-hint">Drag on a side's own timeline to choose what is compared</span>
        <div class="ef-bar-end">
          {props.children}
          <Show when={compare.outside()}>
            <button type="button" class="ef-button" data-kind="main" onClick={() => compare.fit()}>
              Fit range to both sides
            </button>
          </Show>
          <button
            type="button"
            class="ef-button"
            onClick={() => store.update((state) => swapSides(state, app.nowSeconds()), "push")}
          >
            <Icon name="swap" />
            Swap sides
          </button>
          <Show when={compare.timeline()}>
            {(shown) => (
              <span class="ef-bar">
                <TimelineTools
                  from={shown().from}
                  until={shown().until}
                  nowSeconds={app.nowSeconds}
                  onRange={(range) => store.update(range, "push")}
                />
              </span>
            )}
          </Show>
        </div>
      </div>
      <TimelineView
        label="Shared timeline"
        syncKey="page"
        small={true}
        model={compare.timeline()}
        onRange={(from, until) => store.update({ from: String(from), until: String(until) }, "push")}
      />
    </section>
  );
}
