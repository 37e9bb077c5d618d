// What is kept of an application, how long, and how to delete it: retention, one form, and the deletions under way.
import { createEffect, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import type { Deletion, DeletionsResponse } from "../../src/api/deletion.ts";
import type { RetentionResponse } from "../../src/api/retention.ts";
import { type Failure, getJson, requestPath } from "../api/client.ts";
import { createLoad } from "../api/load.ts";
import { deletionText, stateText } from "../state/deletion-text.ts";
import { agoText, spanText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./lazy-dialog.tsx";
import { ManageForm } from "./manage-form.tsx";
import { ErrorNotice } from "./notices.tsx";

/** Steps follow within seconds; the last one waits minutes for what readers still hold, and another deletion for those before it. */
const POLL_MS = 1000;
const SLOWEST_POLL_MS = 60_000;

export const manageDialog =
  (app: AppModel) =>
  (props: DialogProps): JSX.Element => {
    // The application is the one that was shown when the dialog opened, whatever is deleted meanwhile.
    const service = app.selection()?.service.name ?? null;
    return (
      <Dialog title={service === null ? "Manage data" : `Manage data of ${service}`} onClose={props.onClose}>
        <Retention service={service} />
        <Deletions app={app} service={service} />
      </Dialog>
    );
  };

const CLASS_NAMES: Readonly<Record<number, string>> = {
  1: "single requests",
  10: "10 s",
  60: "1 min, 10 min",
  3600: "1 h, 6 h",
  86400: "1 day and longer",
};
const SOURCES = { app: "set for this application", tenant: "set for all", default: "default" } as const;

function Retention(props: { service: string | null }): JSX.Element {
  const load = createLoad<RetentionResponse>(
    () => requestPath("api/retention", { app: props.service }),
    () => 0,
  );
  return (
    <section aria-label="Retention">
      <h3>How long data is kept</h3>
      <Show when={load.failure()}>
        {(failure) => <ErrorNotice what="Retention" failure={failure()} onRetry={load.retry} />}
      </Show>
      <Show when={load.value()}>
        {(answer) => (
          <table class="ef-table">
            <thead>
              <tr>
                <th scope="col">In steps of</th>
                <th scope="col">Kept</th>
                <th scope="col">By</th>
              </tr>
            </thead>
            <tbody>
              <For each={answer().classes}>
                {({ finest, seconds, source }) => (
                  <tr>
                    <th scope="row">{CLASS_NAMES[finest] ?? spanText(finest)}</th>
                    <td>{seconds === null ? "for ever" : spanText(seconds)}</td>
                    <td>{SOURCES[source]}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        )}
      </Show>
    </section>
  );
}

function Deletions(props: { app: AppModel; service: string | null }): JSX.Element {
  const { app } = props;
  const past = createLoad<DeletionsResponse>(
    () => "api/deletions",
    () => 0,
  );
  /** What was ordered here, as far as it has come. */
  const [ordered, setOrdered] = createSignal<readonly Deletion[]>([]);
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const stop = new AbortController();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  onCleanup(() => {
    stop.abort();
    for (const timer of timers) clearTimeout(timer);
  });
  // Work that was under way before the dialog opened is followed, too.
  createEffect(() => {
    for (const { id, state } of past.value()?.deletions ?? []) if (state === "working") pollLater(id, POLL_MS);
  });
  const all = () => {
    const mine = ordered();
    const before = past.value()?.deletions ?? [];
    return [...mine, ...before.filter(({ id }) => !mine.some((each) => each.id === id))];
  };

  function note(deletion: Deletion, waitedMs: number): void {
    const before = ordered().find(({ id }) => id === deletion.id);
    setOrdered((list) => [deletion, ...list.filter(({ id }) => id !== deletion.id)]);
    const isSame = before?.step === deletion.step;
    // Each step may have taken something away from what the page shows.
    if (!isSame) app.refresh();
    if (deletion.state === "working")
      pollLater(deletion.id, isSame ? Math.min(SLOWEST_POLL_MS, waitedMs * 2) : POLL_MS);
  }
  function pollLater(id: number, waitMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      poll(id, waitMs);
    }, waitMs);
    timers.add(timer);
  }
  function poll(id: number, waitedMs: number): void {
    getJson<Deletion>(`api/deletions/${id}`, stop.signal).then(
      (answer) => {
        setFailure(answer.ok ? null : answer.failure);
        if (answer.ok) note(answer.value, waitedMs);
      },
      () => {
        // The dialog was closed: the work goes on without it.
      },
    );
  }

  return (
    <>
      <section aria-label="Delete">
        <h3>Delete</h3>
        <Show
          when={props.service}
          fallback={<p class="ef-quiet">Choose an application first: there is none that could be deleted.</p>}
        >
          {(service) => (
            <ManageForm app={app} service={service()} signal={stop.signal} onOrdered={(one) => note(one, POLL_MS)} />
          )}
        </Show>
      </section>
      <Show when={past.failure() ?? failure()}>
        {(found) => <ErrorNotice what="The list of deletions" failure={found()} onRetry={past.retry} />}
      </Show>
      <Show when={all().length > 0}>
        <section aria-label="Deletions">
          <h3>Deletions</h3>
          <ul class="ef-deletions" role="status">
            <For each={all()}>
              {(deletion) => (
                <li data-state={deletion.state}>
                  <span>{deletionText(deletion, app.zone())}</span>
                  <span class="ef-quiet">
                    {stateText(deletion)} · {agoText(deletion.requestedAt, app.nowSeconds())}
                  </span>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
    </>
  );
}
