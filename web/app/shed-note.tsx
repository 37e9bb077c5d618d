// Says that stacks of a part of the range were left out, because the tenant was over its rate.
import { type JSX, Show } from "solid-js";
import type { RenderFacts } from "../../src/api/render.ts";
import { countedText } from "../state/time-text.ts";

export function ShedNote(props: { readonly shed: RenderFacts["shed"] }): JSX.Element {
  const uploads = () => props.shed.reduce((sum, one) => sum + one.uploads, 0);
  return (
    <Show when={uploads() > 0}>
      <p class="ef-quiet" role="note">
        {countedText(uploads(), "upload")} {uploads() === 1 ? "was" : "were"} over the rate limit where the timeline is
        hatched: totals are whole, stacks are left out.
      </p>
    </Show>
  );
}
