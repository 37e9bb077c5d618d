// A timeline in the page: the chart (its code comes in a chunk of its own), or why there is none.
import { createEffect, createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { fullText } from "../state/time-text.ts";
import type { TimelineChart } from "../timeline/timeline.ts";
import { type BandSide, summaryOf, type TimelineModel } from "../timeline/timeline-model.ts";

export interface TimelineViewProps {
  readonly label: string;
  readonly syncKey: string;
  readonly small?: boolean;
  readonly model: TimelineModel | null;
  readonly onRange: (from: number, until: number) => void;
  readonly onBand?: (side: BandSide, from: number, until: number) => void;
  /** For a context menu of the page's own. */
  readonly onMoment?: ((seconds: number) => void) | undefined;
}

export function TimelineView(props: TimelineViewProps): JSX.Element {
  let host!: HTMLDivElement;
  let chart: TimelineChart | null = null;
  const [code, setCode] = createSignal<typeof import("../timeline/timeline.ts") | null>(null);

  const [missing, setMissing] = createSignal(false);

  onMount(() => {
    // A deployment may have replaced the chunk since this page was loaded.
    import("../timeline/timeline.ts").then(setCode, () => setMissing(true));
  });
  createEffect(() => {
    const loaded = code();
    const { model } = props;
    if (loaded === null || model === null) return;
    if (chart !== null) return chart.set(model);
    chart = loaded.createTimeline(host, model, {
      label: props.label,
      syncKey: props.syncKey,
      onRange: (from, until) => props.onRange(from, until),
      onBand: (side, from, until) => props.onBand?.(side, from, until),
      onMoment: props.onMoment === undefined ? null : (seconds) => props.onMoment?.(seconds),
    });
  });
  onCleanup(() => chart?.destroy());

  const summary = () => (props.model === null ? null : summaryOf(props.model));
  const sentence = () => {
    const found = summary();
    const { model } = props;
    if (model === null || found === null) return "No data in this range.";
    const highest = `${model.formatValue(found.highest)} at ${fullText(found.highestAt, model.zone)}`;
    return `${fullText(model.from, model.zone)} to ${fullText(model.until, model.zone)}: ${found.filledSlots} of ${model.slotCount} steps have data, highest ${highest}.`;
  };

  return (
    <div class="ef-timeline-plot" data-size={props.small ? "small" : "normal"} data-waiting={props.model === null}>
      <p class="ef-hidden">
        {props.label}. {props.model === null ? "Loading." : sentence()}
      </p>
      <div class="tl-host" ref={host} />
      <Show when={missing()}>
        <div class="ef-timeline-note">
          <span>The chart's code did not arrive.</span>
          <button type="button" class="ef-button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </div>
      </Show>
      <Show when={!missing() && props.model !== null && summary() === null}>
        <div class="ef-timeline-note">
          <span>No samples in this range</span>
        </div>
      </Show>
    </div>
  );
}
