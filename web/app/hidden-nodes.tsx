// What a flame graph leaves out: the node budget's cut, and all that is not in focus. Each with the step that shows it.
import { type JSX, Show } from "solid-js";
import { formatShare } from "../../src/view/format.ts";
import { visibleName } from "../../src/view/names.ts";
import { DEFAULT_NODES, MOST_NODES, moreNodes, type Side, withFocus } from "../state/page-state.ts";
import type { AppModel } from "./app-model.ts";

export interface HiddenNodesProps {
  readonly app: AppModel;
  readonly side: Side | null;
  readonly facts: {
    readonly hiddenNodes: number;
    readonly otherTotal: number;
    readonly largestHidden: number;
    readonly focus: { readonly path: readonly string[]; readonly matched: number; readonly found: boolean } | null;
  };
  /** All of the profile, of both sides in a diff. */
  readonly ticks: number;
  /** What is under the focus, of both sides in a diff. */
  readonly focusTicks: number;
  readonly short: (value: number) => string;
}

export function HiddenNodes(props: HiddenNodesProps): JSX.Element {
  const { state, store } = props.app;
  const share = (part: number) => formatShare(part / Math.max(1, props.ticks));
  const mostNodes = () => state().maxNodes ?? DEFAULT_NODES;
  const more = () => moreNodes(mostNodes());
  const whole = () => store.update((before) => withFocus(before, props.side, []), "push");
  return (
    <>
      <Show when={props.facts.focus}>
        {(focus) => (
          <div class="ef-notice" role="status">
            <p>
              <Show
                when={focus().found}
                fallback={
                  <>
                    <strong>Nothing in this range runs through {nameAt(focus().path, focus().path.length)}</strong>{" "}
                    {focus().matched === 0
                      ? "by the way that was asked for."
                      : `under ${nameAt(focus().path, focus().matched)}, where the way that was asked for ends.`}
                  </>
                }
              >
                Only what is under <strong>{nameAt(focus().path, focus().path.length)}</strong>:{" "}
                {share(props.focusTicks)} of the total.
              </Show>
            </p>
            <div class="ef-bar-end">
              <button type="button" class="ef-button" onClick={whole}>
                Show the whole profile
              </button>
            </div>
          </div>
        )}
      </Show>
      <Show when={props.facts.hiddenNodes > 0}>
        <div class="ef-notice" role="note">
          <p>
            {props.facts.hiddenNodes.toLocaleString("en-US")} small nodes, {share(props.facts.otherTotal)} of the total,
            are gathered as “other”; none is above {props.short(props.facts.largestHidden)}.
          </p>
          <div class="ef-bar-end">
            <button
              type="button"
              class="ef-button"
              disabled={mostNodes() >= MOST_NODES}
              onClick={() => store.update({ maxNodes: more() }, "push")}
            >
              Show up to {more().toLocaleString("en-US")} nodes
            </button>
          </div>
        </div>
      </Show>
    </>
  );
}

const nameAt = (path: readonly string[], depth: number) => visibleName(path[depth - 1] ?? "");

/**
 * Shows what is hidden under a frame: its subtree gets the whole budget. Where it has that already, more nodes are the
 * only way.
 */
export function expand(app: AppModel, side: Side | null, path: readonly string[]): void {
  app.store.update((state) => {
    const { focus } = side === null ? state : state[side];
    const isAsked = path.length === focus.length && path.every((name, at) => name === focus[at]);
    return isAsked ? { ...state, maxNodes: moreNodes(state.maxNodes ?? DEFAULT_NODES) } : withFocus(state, side, path);
  }, "push");
}
