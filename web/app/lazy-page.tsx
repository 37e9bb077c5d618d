// A view whose code comes when it is first shown.
import { createSignal, type JSX, onMount, Show } from "solid-js";
import type { AppModel } from "./app-model.ts";
import { FlameSkeleton } from "./flame-view.tsx";

export type LazyView = (props: { readonly app: AppModel }) => JSX.Element;

export function LazyPage(props: { app: AppModel; load: () => Promise<LazyView> }): JSX.Element {
  const [view, setView] = createSignal<LazyView | null>(null);
  const [missing, setMissing] = createSignal(false);
  onMount(() => {
    props.load().then(
      (loaded) => setView(() => loaded),
      () => setMissing(true),
    );
  });
  return (
    <Show
      when={view()}
      fallback={
        <Show when={missing()} fallback={<FlameSkeleton loading={true} />}>
          {/* A deployment may have replaced the chunk since this page was loaded. */}
          <div class="ef-notice" data-kind="error" role="alert">
            <p>The view's code did not arrive.</p>
            <div class="ef-bar-end">
              <button type="button" class="ef-button" onClick={() => location.reload()}>
                Reload the page
              </button>
            </div>
          </div>
        </Show>
      }
    >
      {(loaded) => loaded()({ app: props.app })}
    </Show>
  );
}
