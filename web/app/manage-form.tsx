// The form that deletes an application or a part of it. Its name has to be typed: nothing brings the data back.
import { createSignal, createUniqueId, type JSX, Show } from "solid-js";
import type { Deletion } from "../../src/api/deletion.ts";
import { type Failure, postJson } from "../api/client.ts";
import { deletionRequest, type PartChoice } from "../state/deletion-text.ts";
import { resolveTime } from "../state/time-form.ts";
import type { AppModel } from "./app-model.ts";
import { ErrorNotice } from "./notices.tsx";

export interface ManageFormProps {
  readonly app: AppModel;
  readonly service: string;
  /** Aborted when the dialog closes. */
  readonly signal: AbortSignal;
  readonly onOrdered: (deletion: Deletion) => void;
}

const NOTHING: PartChoice = { query: "", from: "", until: "" };

export function ManageForm(props: ManageFormProps): JSX.Element {
  const id = createUniqueId();
  const [isPart, setIsPart] = createSignal(false);
  const [part, setPart] = createSignal(NOTHING);
  const [typed, setTyped] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const request = () => deletionRequest(props.service, isPart() ? part() : null);
  const ready = () => typed() === props.service && request() !== null && !busy();

  async function order(): Promise<void> {
    const body = request();
    if (body === null || !ready()) return;
    setBusy(true);
    setFailure(null);
    try {
      const answer = await postJson<Deletion>("api/deletions", body, props.signal);
      if (!answer.ok) return void setFailure(answer.failure);
      setTyped("");
      props.onOrdered(answer.value);
    } catch {
      // The dialog was closed: the server goes on.
    } finally {
      setBusy(false);
    }
  }

  /** The query and the range as the page has them; a range that moves is taken as it stands now. */
  function takeShown(): void {
    const state = props.app.state();
    const now = props.app.nowSeconds();
    setPart({ query: state.query ?? "", from: timeText(state.from, now), until: timeText(state.until, now) });
  }

  const field = (name: keyof PartChoice, label: string, placeholder: string) => (
    <label class="ef-field">
      {label}
      <input
        class="ef-input ef-mono"
        type="text"
        spellcheck={false}
        autocomplete="off"
        placeholder={placeholder}
        value={part()[name]}
        onInput={(event) => setPart({ ...part(), [name]: event.currentTarget.value })}
      />
    </label>
  );

  return (
    <form
      class="ef-manage-form"
      onSubmit={(event) => {
        event.preventDefault();
        void order();
      }}
    >
      <fieldset class="ef-bar">
        <legend class="ef-hidden">What to delete</legend>
        <label class="ef-label">
          <input type="radio" name={`${id}-what`} checked={!isPart()} onChange={() => setIsPart(false)} />
          The whole application
        </label>
        <label class="ef-label">
          <input type="radio" name={`${id}-what`} checked={isPart()} onChange={() => setIsPart(true)} />
          Some series, or a time
        </label>
      </fieldset>
      <Show when={isPart()}>
        <div class="ef-manage-part">
          {field("query", "Series (empty: all)", '{region="eu-west-1"}')}
          {field("from", "From (empty: start)", "now-2d")}
          {field("until", "Until (empty: end)", "now-1d")}
          <button type="button" class="ef-button" onClick={takeShown}>
            As the page shows
          </button>
        </div>
        <p class="ef-quiet">
          A time is widened to the steps in which the data is still kept. Times: now-2d, 2026-01-31, unix seconds.
        </p>
      </Show>
      <label class="ef-field">
        Type <strong>{props.service}</strong> to confirm. This cannot be undone.
        <input
          class="ef-input"
          type="text"
          spellcheck={false}
          autocomplete="off"
          value={typed()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <div class="ef-bar">
        <button type="submit" class="ef-button" data-kind="danger" disabled={!ready()}>
          {busy() ? "Deleting…" : isPart() ? "Delete this part" : "Delete the application"}
        </button>
        <Show when={isPart() && request() === null}>
          <span class="ef-quiet">Say which series, or which time.</span>
        </Show>
      </div>
      <Show when={failure()}>
        {(found) => <ErrorNotice what="The deletion" verb="ordered" failure={found()} onRetry={() => void order()} />}
      </Show>
    </form>
  );
}

const timeText = (text: string, nowSeconds: number): string => String(Math.floor(resolveTime(text, nowSeconds)));
