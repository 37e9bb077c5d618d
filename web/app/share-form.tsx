// What becomes public, and the choices: title, life, what is taken out, who may embed it.

import { createUniqueId, For, type JSX, Show } from "solid-js";
import { SHARE_LIMIT } from "../../src/api/share-limit.ts";
import { hostsProblem, type ShareChoice } from "../state/share-request.ts";

export interface ShareFormProps {
  readonly choice: ShareChoice;
  /** Whether it is a query that can be asked again. */
  readonly canBeLive: boolean;
  readonly onChoice: (choice: ShareChoice) => void;
  readonly busy: boolean;
  readonly onShare: () => void;
}

const LIVES: readonly { days: number | null; name: string }[] = [
  { days: 1, name: "1 day" },
  { days: 7, name: "7 days" },
  { days: 30, name: "30 days" },
  { days: 90, name: "90 days" },
  { days: 365, name: "1 year" },
  { days: null, name: "never" },
];
/** The first is a copy. */
const RANGES: readonly { seconds: number | null; name: string }[] = [
  { seconds: null, name: "a copy of what the page shows now" },
  { seconds: 3600, name: "live: the last hour" },
  { seconds: 6 * 3600, name: "live: the last 6 hours" },
  { seconds: 86_400, name: "live: the last 24 hours" },
  { seconds: 7 * 86_400, name: "live: the last 7 days" },
];
const REDACTIONS = [
  { part: "packages", name: "Packages instead of functions", what: "A frame says which package it is in, no more." },
  { part: "paths", name: "No file paths", what: "Folders go from the names of files." },
  { part: "labels", name: "No labels", what: "Label names and values go from the title and the query." },
] as const;

export function ShareForm(props: ShareFormProps): JSX.Element {
  const id = createUniqueId();
  const change = (part: Partial<ShareChoice>) => props.onChoice({ ...props.choice, ...part });
  const problem = () => hostsProblem(props.choice.hosts);
  return (
    <form
      class="ef-share-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem() === null) props.onShare();
      }}
    >
      <p>
        <strong>Anyone with the link will see</strong> the graph with its function names and numbers, the title, and the
        query with its time range.{" "}
        {props.choice.liveSeconds === null
          ? "It is a copy of what the page shows now: nobody sees the live data, or anything else of this server."
          : "It is drawn anew each minute, with what this one query then finds, until it ends or you delete it. Nobody can ask for anything else by it."}
      </p>
      <Show when={props.canBeLive}>
        <label class="ef-field">
          What is shared
          <select
            class="ef-select"
            onChange={(event) => change({ liveSeconds: RANGES[event.currentTarget.selectedIndex]?.seconds ?? null })}
          >
            <For each={RANGES}>
              {({ seconds, name }) => <option selected={seconds === props.choice.liveSeconds}>{name}</option>}
            </For>
          </select>
        </label>
      </Show>
      <label class="ef-field">
        Title
        <input
          class="ef-input"
          type="text"
          maxLength={SHARE_LIMIT.titleChars}
          autocomplete="off"
          value={props.choice.title}
          onInput={(event) => change({ title: event.currentTarget.value })}
        />
      </label>
      <label class="ef-field">
        Deleted by itself
        <select
          class="ef-select"
          aria-describedby={`${id}-life`}
          onChange={(event) => change({ expiresInDays: LIVES[event.currentTarget.selectedIndex]?.days ?? null })}
        >
          <For each={LIVES}>
            {({ days, name }) => (
              <option selected={days === props.choice.expiresInDays}>{days === null ? name : `after ${name}`}</option>
            )}
          </For>
        </select>
        <span id={`${id}-life`}>
          {props.choice.liveSeconds === null
            ? "Who looks at it in the last half of that time keeps it for as long again."
            : "However often it is looked at."}
        </span>
      </label>
      <fieldset>
        <legend>Take out</legend>
        <For each={REDACTIONS}>
          {({ part, name, what }) => (
            <label class="ef-share-choice">
              <input
                type="checkbox"
                checked={props.choice.redact[part]}
                aria-describedby={`${id}-${part}`}
                onChange={(event) =>
                  change({ redact: { ...props.choice.redact, [part]: event.currentTarget.checked } })
                }
              />
              <span>{name}</span>
              <span id={`${id}-${part}`} class="ef-quiet">
                {what}
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <label class="ef-field">
        Sites that may embed it (empty: any)
        <input
          class="ef-input ef-mono"
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder="docs.example.org, *.example.com"
          value={props.choice.hosts}
          aria-invalid={problem() === null ? undefined : "true"}
          aria-describedby={problem() === null ? undefined : `${id}-hosts`}
          onInput={(event) => change({ hosts: event.currentTarget.value })}
        />
        <Show when={problem()}>
          {(text) => (
            <span id={`${id}-hosts`} class="ef-error-text" role="alert">
              {text()}
            </span>
          )}
        </Show>
      </label>
      <div class="ef-bar">
        <button type="submit" class="ef-button" data-kind="main" disabled={props.busy || problem() !== null}>
          {props.busy ? "Sharing…" : "Make it public"}
        </button>
      </div>
    </form>
  );
}
