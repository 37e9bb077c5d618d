// Makes what the page shows public: says what will be seen, asks what to take out, and hands over the links. What was made
// is kept until the page is left, because the delete link is told only once.
import { createSignal, type JSX, Show } from "solid-js";
import type { EmbedAnswer } from "../../src/api/embed.ts";
import type { ShareAnswer } from "../../src/api/share.ts";
import { type Failure, postJson } from "../api/client.ts";
import { defaultChoice, embedRequest, liveQuery, type Snapshot, shareRequest } from "../state/share-request.ts";
import type { AppModel } from "./app-model.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./lazy-dialog.tsx";
import { ErrorNotice } from "./notices.tsx";
import { ShareForm } from "./share-form.tsx";
import { ShareLinks } from "./share-links.tsx";

export const shareDialog = (app: AppModel): ((props: DialogProps) => JSX.Element) => {
  const [made, setMade] = createSignal<ShareAnswer | EmbedAnswer | null>(null);
  return (props) => {
    // As it was when the dialog opened: the page may go on refreshing behind it.
    const { left, right, whole } = app.shown.all();
    const state = app.shown.looks() ?? app.state();
    const snapshot: Snapshot = [left, right, whole].filter((shown) => shown !== undefined);
    const query = liveQuery(snapshot);
    const [choice, setChoice] = createSignal(defaultChoice(snapshot));
    const [busy, setBusy] = createSignal(false);
    const [failure, setFailure] = createSignal<Failure | null>(null);

    async function share(): Promise<void> {
      if (busy()) return;
      setBusy(true);
      setFailure(null);
      // Closing the dialog does not take a request back: its answer is here when it is opened again.
      const { liveSeconds } = choice();
      const { signal } = new AbortController();
      const answer =
        liveSeconds === null || query === null
          ? await postJson<ShareAnswer>("api/shares", shareRequest(snapshot, state, choice()), signal)
          : await postJson<EmbedAnswer>("api/embeds", embedRequest(query, liveSeconds, choice()), signal);
      setBusy(false);
      if (answer.ok) setMade(answer.value);
      else setFailure(answer.failure);
    }

    return (
      <Dialog title="Share this flame graph" onClose={props.onClose}>
        <Show
          when={made()}
          fallback={
            <>
              <ShareForm
                choice={choice()}
                canBeLive={query !== null}
                onChoice={setChoice}
                busy={busy()}
                onShare={() => void share()}
              />
              <Show when={failure()}>
                {(found) => <ErrorNotice what="This" verb="shared" failure={found()} onRetry={() => void share()} />}
              </Show>
            </>
          }
        >
          {(answer) => <ShareLinks answer={answer()} zone={app.zone()} onMore={() => setMade(null)} />}
        </Show>
      </Dialog>
    );
  };
};
