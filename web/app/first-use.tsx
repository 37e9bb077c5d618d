// Before the first profile: how to send one, and a sign of life while waiting for it.
import { createSignal, createUniqueId, For, type JSX, Show } from "solid-js";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { PageLink } from "./page-link.tsx";
import { SNIPPETS } from "./snippets.ts";

/** The page's own address without the trailing slash: what agents call the server address. */
const serverAddress = () => new URL(".", location.href).href.replace(/\/$/, "");

export function FirstUse(props: { app: AppModel }): JSX.Element {
  const id = createUniqueId();
  const [chosen, setChosen] = createSignal(0);
  const snippet = () => SNIPPETS[chosen()] ?? SNIPPETS[0];
  const text = () => snippet().text(serverAddress());
  const tabs: HTMLButtonElement[] = [];

  function onKeyDown(event: KeyboardEvent): void {
    const count = SNIPPETS.length;
    const to = { ArrowRight: chosen() + 1, ArrowLeft: chosen() - 1 + count, Home: 0, End: count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setChosen(to % count);
    tabs[to % count]?.focus();
  }

  return (
    <div class="ef-first">
      <h1>Send your first profile</h1>
      <p>
        Edgeflame speaks the Pyroscope protocols: point a Pyroscope agent at{" "}
        <code class="ef-mono">{serverAddress()}</code> and its profiles appear here.
      </p>
      <div class="ef-waiting" role="status">
        <span class="ef-pulse" aria-hidden="true" />
        Waiting for the first profile. This page moves on by itself when it comes.
      </div>
      <p>
        Or look at a profile that you have as a file:{" "}
        <PageLink app={props.app} change={{ page: "adhoc" }}>
          it stays in this browser
        </PageLink>
        .
      </p>
      <Show when={(props.app.inboxLoad.value()?.total ?? 0) > 0}>
        <div class="ef-notice" data-kind="error" role="status">
          <strong>Something arrived, and none of it could be taken.</strong>
          <PageLink app={props.app} change={{ page: "inbox" }} class="ef-button">
            See why
          </PageLink>
        </div>
      </Show>
      <div>
        <div class="ef-tabs" role="tablist" aria-label="Language" onKeyDown={onKeyDown}>
          <For each={SNIPPETS}>
            {({ name }, index) => (
              <button
                ref={(button) => {
                  tabs[index()] = button;
                }}
                type="button"
                role="tab"
                id={`${id}-tab-${index()}`}
                aria-selected={index() === chosen()}
                aria-controls={`${id}-panel`}
                tabIndex={index() === chosen() ? 0 : -1}
                onClick={() => setChosen(index())}
              >
                {name}
              </button>
            )}
          </For>
        </div>
        <div class="ef-snippet" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${chosen()}`}>
          <div class="ef-bar">
            <span class="ef-quiet">{snippet().hint}</span>
            <div class="ef-bar-end">
              <CopyButton text={text()} />
            </div>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard */}
          <pre tabIndex={0}>{text()}</pre>
        </div>
      </div>
    </div>
  );
}

function CopyButton(props: { text: string }): JSX.Element {
  const [said, setSaid] = createSignal("Copy");
  const copy = () =>
    // Absent on plain http from another machine.
    navigator.clipboard?.writeText(props.text).then(
      () => setSaid("Copied"),
      () => setSaid("Select and copy by hand"),
    ) ?? setSaid("Select and copy by hand");
  return (
    <button type="button" class="ef-button" onClick={copy} onBlur={() => setSaid("Copy")}>
      <Icon name="copy" />
      <span aria-live="polite">{said()}</span>
    </button>
  );
}
