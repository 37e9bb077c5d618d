// One side of a comparison: letter, range, total, query, and its timeline with the range to drag.
import { type JSX, Show } from "solid-js";
import type { Covered } from "../state/covered-range.ts";
import type { AppModel } from "./app-model.ts";
import type { CompareSideModel } from "./compare-model.ts";
import { CoveredNote } from "./covered-note.tsx";
import { ErrorNotice } from "./notices.tsx";
import { isQueryFailure, QueryBar } from "./query-bar.tsx";
import { TimeRangePicker } from "./time-range.tsx";
import { TimelineView } from "./timeline-view.tsx";

export interface SideCardProps {
  readonly app: AppModel;
  readonly model: CompareSideModel;
  /** The side's total as text; null until it is known. */
  readonly total: string | null;
  /** What the side's graph covers; null while it is unknown. */
  readonly covered: Covered | null;
}

export function SideCard(props: SideCardProps): JSX.Element {
  const { app, model } = props;
  const change = (part: { query: string } | { from: string; until: string }) =>
    app.store.update((state) => ({ ...state, [model.side]: { ...state[model.side], ...part } }), "push");
  const ends = (from: number, until: number) => change({ from: String(from), until: String(until) });
  return (
    <div class="ef-side-card">
      <div class="ef-bar">
        <span class="ef-badge" aria-hidden="true">
          {model.letter}
        </span>
        <h2>{model.name}</h2>
        <Show when={props.total}>
          <span class="ef-total">{props.total}</span>
        </Show>
        <div class="ef-bar-end">
          <TimeRangePicker app={app} label={`${model.name} range`} range={model.range()} onRange={change} />
        </div>
      </div>
      <QueryBar
        app={app}
        label={`${model.name} query`}
        query={model.query()}
        range={model.range()}
        failure={model.load.failure()}
        onQuery={(query) => change({ query })}
      />
      <Show when={model.load.failure()}>
        {(failure) => (
          <Show when={!isQueryFailure(failure())}>
            <ErrorNotice
              what={`The ${model.name.toLowerCase()} timeline`}
              failure={failure()}
              onRetry={model.load.retry}
            />
          </Show>
        )}
      </Show>
      <TimelineView
        label={`${model.name} timeline`}
        syncKey="page"
        small={true}
        model={model.timeline()}
        onRange={ends}
        onBand={(_side, from, until) => ends(from, until)}
      />
      <CoveredNote app={app} range={model.range()} covered={props.covered} />
    </div>
  );
}
