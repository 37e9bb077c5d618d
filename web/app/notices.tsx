// Boxes for what went wrong and for what is missing. Each says why, and offers the step that helps.
import { createSignal, For, type JSX, Show } from "solid-js";
import { type Failure, useToken } from "../api/client.ts";
import type { EmptyReason } from "../state/empty-reason.ts";
import type { Zone } from "../state/time-form.ts";
import { fullText } from "../state/time-text.ts";

export function ErrorNotice(props: {
  what: string;
  verb?: "ordered" | "shared" | "added" | "deleted";
  failure: Failure;
  onRetry: () => void;
}): JSX.Element {
  return (
    <div class="ef-notice" data-kind="error" role="alert">
      <div>
        <p>
          <strong>
            {props.what} could not be {props.verb ?? "loaded"}.
          </strong>{" "}
          {props.failure.message}
        </p>
        <p class="ef-quiet">
          {props.failure.status === 0 ? "No answer" : `Status ${props.failure.status}`}
          <Show when={props.failure.requestId}>{(id) => <> · request {id()}</>}</Show>
          <Show when={props.failure.documentation}>
            {(link) => (
              <>
                {" · "}
                <a href={link()} rel="noreferrer">
                  documentation
                </a>
              </>
            )}
          </Show>
        </p>
      </div>
      <div class="ef-bar-end">
        <Show
          when={props.failure.status === 401}
          fallback={
            <button type="button" class="ef-button" onClick={() => props.onRetry()}>
              Retry
            </button>
          }
        >
          <TokenForm onToken={props.onRetry} />
        </Show>
      </div>
    </div>
  );
}

function TokenForm(props: { onToken: () => void }): JSX.Element {
  const [secret, setSecret] = createSignal("");
  return (
    <form
      class="ef-bar"
      onSubmit={(event) => {
        event.preventDefault();
        useToken(secret().trim());
        props.onToken();
      }}
    >
      <input
        class="ef-input"
        type="password"
        aria-label="Read token of this server"
        placeholder="Read token"
        autocomplete="off"
        onInput={(event) => setSecret(event.currentTarget.value)}
      />
      <button type="submit" class="ef-button" data-kind="main">
        Sign in
      </button>
    </form>
  );
}

export interface EmptyProps {
  readonly reasons: readonly EmptyReason[];
  readonly zone: Zone;
  /** "in this range", or the name of a side. */
  readonly title: string;
  readonly onJump: (lastSeen: number) => void;
  readonly onDropFilters: () => void;
  readonly onRange: () => void;
  /** A last line: where else to look. */
  readonly hint?: JSX.Element;
}

export function EmptyNotice(props: EmptyProps): JSX.Element {
  return (
    <div class="ef-card ef-empty" role="status">
      <h2>{props.title}</h2>
      <ul>
        <For each={props.reasons}>{(reason) => <li>{reasonLine(reason, props)}</li>}</For>
        <Show when={props.hint}>
          <li>{props.hint}</li>
        </Show>
      </ul>
    </div>
  );
}

function reasonLine(reason: EmptyReason, props: EmptyProps): JSX.Element {
  const button = (text: string, onClick: () => void) => (
    <button type="button" class="ef-button" onClick={onClick}>
      {text}
    </button>
  );
  switch (reason.kind) {
    case "unknown":
      return <span>Nothing called “{reason.name}” has sent a profile. Choose an application above.</span>;
    case "never":
      return <span>This query has never matched anything.</span>;
    case "before":
    case "after":
      return (
        <>
          <span>
            The last data came at <strong>{fullText(reason.lastSeen, props.zone)}</strong>, {reason.kind} this range.
          </span>
          {button("Go there", () => props.onJump(reason.lastSeen))}
        </>
      );
    case "filters":
      return (
        <>
          <span>
            Nothing in this range has <strong>{reason.filters.join(", ")}</strong>.
          </span>
          {button("Remove filters", props.onDropFilters)}
        </>
      );
    case "quiet":
      return (
        <>
          <span>The application sent nothing in this range.</span>
          {button("Last 24 hours", props.onRange)}
        </>
      );
    case "inverted":
      return (
        <>
          <span>The range ends before it starts.</span>
          {button("Last 1 hour", props.onRange)}
        </>
      );
  }
}
