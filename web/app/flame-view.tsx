// The flame panel inside the page: mounts it, hands it data and state, and shows a skeleton until the first answer.
import { createEffect, type JSX, onCleanup, onMount, Show } from "solid-js";
import { type ExportSubject, lazyExports } from "../export/export-subject.ts";
import { createFlamePanel } from "../panel/flame-panel.ts";
import type { FlamePanel } from "../panel/panel-options.ts";
import type { FlamePanelState, FlameSource, StateStep } from "../panel/panel-types.ts";
import { createTableView } from "../panel/table-view.ts";

export interface FlameViewProps {
  readonly label: string;
  readonly side?: "A" | "B";
  readonly source: FlameSource | null;
  readonly stale: boolean;
  readonly state: FlamePanelState;
  readonly onState: (state: FlamePanelState, how: StateStep) => void;
  readonly onExpand: (path: readonly string[]) => void;
  /** What can be exported now; null for nothing. */
  readonly exports: () => ExportSubject | null;
}

export function FlameView(props: FlameViewProps): JSX.Element {
  let host!: HTMLDivElement;
  let panel: FlamePanel | null = null;
  onMount(() => {
    panel = createFlamePanel(host, {
      createTable: createTableView,
      label: props.label,
      ...(props.side === undefined ? {} : { side: props.side }),
      state: props.state,
      onState: (state, how) => props.onState(state, how),
      onExpand: (path) => props.onExpand(path),
      exportItems: lazyExports(() => props.exports()),
    });
    createEffect(() => panel?.setSource(props.source));
    createEffect(() => panel?.setState(props.state));
    createEffect(() => panel?.setStale(props.stale));
  });
  onCleanup(() => panel?.destroy());
  return <div class="ef-panel-host" ref={host} />;
}

const SKELETON_WIDTHS = [100, 100, 92, 71, 64, 40, 22];

export function FlameSkeleton(props: { loading: boolean }): JSX.Element {
  return (
    <Show when={props.loading}>
      <div class="ef-card ef-skeleton" role="status" aria-label="Loading">
        {SKELETON_WIDTHS.map((width) => (
          <div style={{ width: `${width}%` }} />
        ))}
      </div>
    </Show>
  );
}
