// Says what the node budget cut off, and asks for more.
import { type JSX, Show } from "solid-js";
import type { RenderResponse } from "../../src/api/render.ts";
import { formatShare } from "../flame/format.ts";
import type { AppModel } from "./app-model.ts";

/** The server's default and the codec's limit. */
const DEFAULT_NODES = 8192;
const MOST_NODES = 1_000_000;
const STEP = 4;

export function HiddenNodes(props: { app: AppModel; answer: RenderResponse | null }): JSX.Element {
  const { state, store } = props.app;
  const facts = () => props.answer?.edgeflame;
  const share = () => (facts()?.otherTotal ?? 0) / Math.max(1, props.answer?.flamebearer.numTicks ?? 1);
  const more = () => Math.min(MOST_NODES, (state().maxNodes ?? DEFAULT_NODES) * STEP);
  return (
    <Show when={(facts()?.hiddenNodes ?? 0) > 0}>
      <div class="ef-notice" role="note">
        <p>
          {(facts()?.hiddenNodes ?? 0).toLocaleString("en-US")} small nodes, {formatShare(share())} of the total, are
          gathered as “other”.
        </p>
        <div class="ef-bar-end">
          <button
            type="button"
            class="ef-button"
            disabled={(state().maxNodes ?? DEFAULT_NODES) >= MOST_NODES}
            onClick={() => store.update({ maxNodes: more() }, "push")}
          >
            Show up to {more().toLocaleString("en-US")} nodes
          </button>
        </div>
      </div>
    </Show>
  );
}
