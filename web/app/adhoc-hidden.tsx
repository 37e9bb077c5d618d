// What a file's graph leaves out: small nodes, gathered as "other".
import { type JSX, Show } from "solid-js";
import type { ShareGraph } from "../../src/api/share.ts";
import { valueFormat } from "../../src/view/format.ts";
import { MOST_NODES } from "../state/page-state.ts";

export function AdhocHidden(props: { graph: ShareGraph | null; mostNodes: number; onMore: () => void }): JSX.Element {
  const largest = (graph: ShareGraph) => {
    const { units, sampleRate } = graph.metadata;
    return valueFormat({ units, sampleRate }).short(graph.hidden?.largest ?? 0);
  };
  const canGrow = () => props.mostNodes < MOST_NODES;
  return (
    <Show when={props.graph?.hidden ? props.graph : null}>
      {(graph) => (
        <div class="ef-notice" role="note">
          <p>
            {(graph().hidden?.nodes ?? 0).toLocaleString("en-US")} small nodes are gathered as “other”; none is above{" "}
            {largest(graph())}.
          </p>
          <Show when={canGrow()}>
            <div class="ef-bar-end">
              <button type="button" class="ef-button" onClick={() => props.onMore()}>
                Show more
              </button>
            </div>
          </Show>
        </div>
      )}
    </Show>
  );
}
