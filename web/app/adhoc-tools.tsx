// What two files can be looked at as, and the promise that goes with all of it.
import { For, type JSX, Show } from "solid-js";
import { adviceText, failureText } from "../state/adhoc-text.ts";
import { linkedSearch } from "../state/page-state.ts";
import type { AdhocModel } from "./adhoc-model.ts";
import { Icon } from "./icons.tsx";

const LAYOUTS = [
  { layout: "comparison", name: "Side by side" },
  { layout: "diff", name: "Difference" },
] as const;

export function AdhocTools(props: { model: AdhocModel }): JSX.Element {
  const { files, layout, setLayout, swap, difference, looks, setLooks } = props.model;
  return (
    <>
      <div class="ef-bar ef-adhoc-tools">
        <Show when={files().right !== null}>
          <fieldset class="ef-choice" aria-label="Two files">
            <For each={LAYOUTS}>
              {({ layout: own, name }) => (
                <button
                  type="button"
                  class="ef-button"
                  aria-pressed={layout() === own ? "true" : "false"}
                  onClick={() => setLayout(own)}
                >
                  {name}
                </button>
              )}
            </For>
          </fieldset>
          <button type="button" class="ef-button" onClick={swap}>
            <Icon name="swap" />
            Swap
          </button>
          <Show when={layout() === "comparison"}>
            <label class="ef-label">
              <input
                type="checkbox"
                checked={looks().searchLinked}
                onChange={(event) => setLooks(linkedSearch(event.currentTarget.checked))}
              />
              One search for both
            </label>
          </Show>
        </Show>
        <p class="ef-file-private ef-quiet">
          <Icon name="lock" />
          Only this browser has what you opened. Share makes public what you see.
        </p>
      </div>
      <Show when={layout() === "diff" ? difference.problem() : null}>
        {(text) => (
          <div class="ef-notice" data-kind="error" role="alert">
            <p>
              <strong>These two have no difference.</strong> {text()} Choose other profile types above, or look at them
              side by side.
            </p>
          </div>
        )}
      </Show>
      <Show when={layout() === "diff" ? difference.failure() : null}>
        {(failure) => (
          <div class="ef-notice" data-kind="error" role="alert">
            <p>
              <strong>The difference could not be made.</strong> {failureText(failure())} {adviceText(failure())}
            </p>
          </div>
        )}
      </Show>
    </>
  );
}
