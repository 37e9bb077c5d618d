// The inbox: what was refused of uploads, or mended, and what to do about it.
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import type { InboxEntry, InboxResponse } from "../../src/api/inbox.ts";
import { INBOX_LIMIT } from "../../src/api/inbox-limit.ts";
import { createLoad } from "../api/load.ts";
import {
  appText,
  dumpText,
  explanationOf,
  limitText,
  reasonText,
  sentenceText,
  timesText,
  visible,
} from "../state/inbox-text.ts";
import type { Zone } from "../state/time-form.ts";
import { agoText, countedText, fullText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { FlameSkeleton } from "./flame-view.tsx";
import { ErrorNotice } from "./notices.tsx";
import "./inbox-page.css";

/** Values of the select: an application's name may be anything, so that it stands behind a mark. */
const ALL = "all";
const APP_MARK = "app ";

export function InboxPage(props: { readonly app: AppModel }): JSX.Element {
  const { app } = props;
  const chosen = () => app.state().inboxApp;
  const [limit, setLimit] = createSignal<number>(INBOX_LIMIT.usual);
  const path = createMemo(() => {
    const search = new URLSearchParams({ limit: String(limit()) });
    const service = chosen();
    // Empty asks for what belongs to no application.
    if (service !== null) search.set("app", service);
    return `api/inbox?${search}`;
  });
  const load = createLoad<InboxResponse>(path, app.tick);
  const entries = () => load.value()?.entries ?? [];
  /** By id, so that what is open stays open when it is counted again. */
  const ids = createMemo(() => entries().map(({ id }) => id));
  const byId = createMemo(() => new Map(entries().map((entry) => [entry.id, entry])));
  const nowSeconds = createMemo(() => (load.value() === null ? 0 : app.nowSeconds()));
  const missing = () => (load.value()?.total ?? 0) - entries().length;

  return (
    <>
      <div class="ef-progress" data-busy={load.loading()} />
      <div class="ef-bar">
        <h2 class="ef-inbox-title">Refused and mended uploads</h2>
        <span class="ef-quiet">Newest first, kept for seven days</span>
        <div class="ef-bar-end">
          <AppFilter
            answer={load.value()}
            chosen={chosen()}
            onChoose={(inboxApp) => {
              setLimit(INBOX_LIMIT.usual);
              app.store.update({ inboxApp }, "push");
            }}
          />
        </div>
      </div>
      <Show when={load.failure()}>
        {(failure) => <ErrorNotice what="The inbox" failure={failure()} onRetry={load.retry} />}
      </Show>
      <FlameSkeleton loading={load.loading() && load.value() === null} />
      <Show when={load.value() !== null && entries().length === 0}>
        <Nothing app={app} chosen={chosen()} />
      </Show>
      <ul class="ef-inbox" aria-label="Entries">
        <For each={ids()}>
          {(id) => (
            <Show when={byId().get(id)}>
              {(entry) => (
                <li class="ef-card" data-outcome={entry().outcome}>
                  <Entry entry={entry()} zone={app.zone()} nowSeconds={nowSeconds()} />
                </li>
              )}
            </Show>
          )}
        </For>
      </ul>
      <Show when={missing() > 0 && limit() < INBOX_LIMIT.most}>
        <button type="button" class="ef-button ef-inbox-more" onClick={() => setLimit(INBOX_LIMIT.most)}>
          Show {missing().toLocaleString("en-US")} more
        </button>
      </Show>
    </>
  );
}

function AppFilter(props: {
  answer: InboxResponse | null;
  chosen: string | null;
  onChoose: (app: string | null) => void;
}): JSX.Element {
  /** What is chosen is there even when it has no entries any more. */
  const options = createMemo(() => {
    const apps = (props.answer?.apps ?? []).map(({ app, entries }) => ({ value: app ?? "", entries }));
    const { chosen } = props;
    return chosen === null || apps.some(({ value }) => value === chosen)
      ? apps
      : [...apps, { value: chosen, entries: 0 }];
  });
  return (
    <label class="ef-label">
      Uploads of
      <select
        class="ef-select ef-inbox-app"
        onChange={(event) => {
          const { value } = event.currentTarget;
          props.onChoose(value === ALL ? null : value.slice(APP_MARK.length));
        }}
      >
        <option value={ALL} selected={props.chosen === null}>
          All
        </option>
        <For each={options()}>
          {({ value, entries }) => (
            <option value={APP_MARK + value} selected={value === props.chosen}>
              {appText(value === "" ? null : value)} ({entries})
            </option>
          )}
        </For>
      </select>
    </label>
  );
}

function Nothing(props: { app: AppModel; chosen: string | null }): JSX.Element {
  return (
    <div class="ef-card ef-empty" role="status">
      <h2>{props.chosen === null ? "Nothing was refused or mended" : `Nothing of ${appText(props.chosen || null)}`}</h2>
      <ul>
        <li>
          <span>
            Every upload of the last seven days{props.chosen === null ? "" : " of this application"} was taken as it
            came.
          </span>
        </li>
        <Show when={props.app.services().length === 0}>
          <li>
            <span>
              No upload has arrived at all. What never reaches this address can't be shown here: compare the agent's
              server address with this page's.
            </span>
          </li>
        </Show>
      </ul>
    </div>
  );
}

interface EntryProps {
  readonly entry: InboxEntry;
  readonly zone: Zone;
  readonly nowSeconds: number;
}

function Entry(props: EntryProps): JSX.Element {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <>
      <div class="ef-inbox-head">
        <span class="ef-inbox-outcome">{props.entry.outcome === "refused" ? "Refused" : "Mended"}</span>
        <h3>{reasonText(props.entry.reason)}</h3>
        <span class="ef-mono ef-inbox-name">{appText(props.entry.app)}</span>
        <span class="ef-quiet ef-inbox-when">
          {timesText(props.entry.count)} ·{" "}
          <time
            dateTime={new Date(props.entry.lastAt * 1000).toISOString()}
            title={fullText(Math.floor(props.entry.lastAt), props.zone)}
          >
            {agoText(props.entry.lastAt, props.nowSeconds)}
          </time>
        </span>
      </div>
      <p class="ef-inbox-message">{sentenceText(props.entry.message)}</p>
      <Show when={limitText(props.entry)}>
        {(text) => (
          <p>
            Limit <code class="ef-mono">{visible(props.entry.limit ?? "")}</code>: {text()}
          </p>
        )}
      </Show>
      <p>
        {sentenceText(props.entry.advice)}{" "}
        <Show when={explanationOf(props.entry)}>
          {(link) => (
            <a href={link()} rel="noreferrer">
              documentation
            </a>
          )}
        </Show>
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>What arrived</summary>
        <Show when={isOpen()}>
          <Arrived entry={props.entry} zone={props.zone} />
        </Show>
      </details>
    </>
  );
}

/** Who sent it, as what, and how it began. */
function Arrived(props: { readonly entry: InboxEntry; readonly zone: Zone }): JSX.Element {
  const facts = (): readonly (readonly [name: string, value: string])[] => {
    const { series, agent, path, format, status, sizeBytes, firstAt, lastAt, firstBytes } = props.entry;
    return [
      ["Series", visible(series)],
      ["Agent", visible([agent.userAgent, agent.spyName].filter((text) => text !== "").join(" · "))],
      ["Sent to", `${visible(path)}${format === "" ? "" : ` as ${visible(format)}`}`],
      ["Answer", String(status)],
      ["Size", sizeBytes === null ? "" : countedText(sizeBytes, "byte")],
      ["First seen", fullText(Math.floor(firstAt), props.zone)],
      ["Last seen", fullText(Math.floor(lastAt), props.zone)],
      ["Looks like", firstBytes.looksLike ?? ""],
    ];
  };
  return (
    <>
      <dl class="ef-inbox-facts">
        <For each={facts().filter(([, value]) => value !== "")}>
          {([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd class="ef-mono">{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <Show
        when={props.entry.firstBytes.hex !== ""}
        fallback={
          <p class="ef-quiet">No bytes are kept: the body was not read, or brought others' profiles as well.</p>
        }
      >
        <p class="ef-quiet">First {countedText(props.entry.firstBytes.hex.length / 2, "byte")}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard */}
        <pre class="ef-inbox-dump" tabIndex={0}>
          {dumpText(props.entry.firstBytes)}
        </pre>
      </Show>
    </>
  );
}
