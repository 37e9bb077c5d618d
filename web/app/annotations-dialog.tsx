// The annotations of what the timeline shows: a form for a new one, and the list, from which they can be deleted.
import { createSignal, createUniqueId, For, type JSX, onCleanup, Show } from "solid-js";
import type { Annotation } from "../../src/api/annotations.ts";
import { type Answer, deletePath, type Failure, postJson } from "../api/client.ts";
import { parseTime } from "../state/time-form.ts";
import { fullText, inputText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./lazy-dialog.tsx";
import { ErrorNotice } from "./notices.tsx";
import "./annotations-dialog.css";

export interface AnnotationsOf {
  /** What they are about. */
  readonly service: () => string;
  /** Of the range that is shown, by time. */
  readonly annotations: () => readonly Annotation[];
  /** Unix seconds that were pointed at; null: now. */
  readonly moment: () => number | null;
}

const MOST_CHARS = 1000;

interface Failed {
  readonly verb: "added" | "deleted";
  readonly why: Failure;
  readonly again: () => void;
}

export const annotationsDialog =
  (app: AppModel, of: AnnotationsOf) =>
  (props: DialogProps): JSX.Element => {
    const id = createUniqueId();
    const [failure, setFailure] = createSignal<Failed | null>(null);
    const [busy, setBusy] = createSignal(false);
    const [said, setSaid] = createSignal("");
    const stop = new AbortController();
    onCleanup(() => stop.abort());
    const newestFirst = () => of.annotations().toReversed();

    async function add(form: HTMLFormElement): Promise<void> {
      const fields = new FormData(form);
      const content = String(fields.get("content")).trim();
      const time = parseTime(String(fields.get("time")), app.zone());
      if (busy() || content === "" || time?.kind !== "absolute") return;
      const body = { appName: of.service(), content, timestamp: time.seconds };
      await act(
        "added",
        () => postJson("api/annotations", body, stop.signal),
        () => form.reset(),
      );
    }

    const remove = ({ id: number }: Annotation) =>
      act(
        "deleted",
        () => deletePath(`api/annotations/${number}`, stop.signal),
        () => undefined,
      );

    async function act(verb: Failed["verb"], ask: () => Promise<Answer<unknown>>, onDone: () => void): Promise<void> {
      setBusy(true);
      setFailure(null);
      try {
        const answer = await ask();
        setSaid(answer.ok ? `The annotation was ${verb}.` : "");
        if (answer.ok) {
          onDone();
          app.refresh();
        } else setFailure({ verb, why: answer.failure, again: () => void act(verb, ask, onDone) });
      } catch {
        // The dialog was closed.
      }
      setBusy(false);
    }

    return (
      <Dialog title={`Annotations of ${of.service()}`} onClose={props.onClose}>
        <form
          class="ef-annotate"
          onSubmit={(event) => {
            event.preventDefault();
            void add(event.currentTarget);
          }}
        >
          <label class="ef-field">
            What happened
            <input
              class="ef-input"
              name="content"
              required
              maxLength={MOST_CHARS}
              autocomplete="off"
              placeholder="v2.1 is out"
            />
          </label>
          <label class="ef-field">
            When ({app.zone() === "utc" ? "UTC" : "local time"})
            <input
              class="ef-input"
              type="datetime-local"
              name="time"
              step="1"
              required
              value={inputText(of.moment() ?? app.nowSeconds(), app.zone())}
            />
          </label>
          <button type="submit" class="ef-button" data-kind="main" disabled={busy()}>
            Add
          </button>
        </form>
        <p class="ef-quiet">Everybody who may read sees it, on all profile types of the application.</p>
        <Show when={failure()}>
          {(found) => (
            <ErrorNotice what="The annotation" verb={found().verb} failure={found().why} onRetry={found().again} />
          )}
        </Show>
        <p class="ef-hidden" role="status">
          {said()}
        </p>
        <Show when={newestFirst().length > 0} fallback={<p class="ef-quiet">There is none in this range.</p>}>
          <section aria-labelledby={`${id}-list`}>
            <h3 id={`${id}-list`}>In this range</h3>
            <ul class="ef-annotations">
              <For each={newestFirst()}>
                {(annotation) => (
                  <li>
                    <span class="ef-quiet">{fullText(annotation.timestamp, app.zone())}</span>
                    <span class="ef-annotation-text">{annotation.content}</span>
                    <button
                      type="button"
                      class="ef-button"
                      data-kind="quiet"
                      aria-label={`Delete ${annotation.content}`}
                      disabled={busy()}
                      onClick={() => void remove(annotation)}
                    >
                      Delete
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </section>
        </Show>
      </Dialog>
    );
  };
