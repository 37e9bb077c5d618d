// Says that a range is wider than asked for: what is old is kept in coarser steps.
import { createMemo, type JSX, on, Show } from "solid-js";
import { type Covered, coveredText } from "../state/covered-range.ts";
import type { TimeRange } from "../state/time-form.ts";
import type { AppModel } from "./app-model.ts";

export interface CoveredNoteProps {
  readonly app: AppModel;
  readonly range: TimeRange;
  /** What the answer covers; null while there is none. */
  readonly covered: Covered | null;
}

export function CoveredNote(props: CoveredNoteProps): JSX.Element {
  // Worked out once per answer: a relative range moves on while its answer stays.
  const text = createMemo(
    on(
      () => [props.covered, props.app.nowSeconds(), props.app.zone()] as const,
      ([covered, nowSeconds, zone]) => (covered === null ? null : coveredText(props.range, covered, nowSeconds, zone)),
    ),
  );
  return (
    <Show when={text()}>
      <p class="ef-quiet" role="note">
        {text()}
      </p>
    </Show>
  );
}
