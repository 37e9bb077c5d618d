// A query as chips and as text. The text is what counts; chips are shown when it can be taken apart.
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from "solid-js";
import type { Failure } from "../api/client.ts";
import {
  formatQuery,
  literalValues,
  type Matcher,
  parseQuery,
  type Query,
  withOpposite,
  withoutMatcher,
} from "../state/query-text.ts";
import { isFilter } from "../state/selection.ts";
import type { TimeRange } from "../state/time-form.ts";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { TagFilter } from "./tag-filter.tsx";

export interface QueryBarProps {
  readonly app: AppModel;
  /** "Query", "Baseline query". */
  readonly label: string;
  readonly query: string;
  readonly range: TimeRange;
  readonly failure: Failure | null;
  readonly onQuery: (query: string) => void;
}

/** Refusals of the query itself; everything else is shown where the data would be. */
export const isQueryFailure = (failure: Failure | null): failure is Failure =>
  failure !== null && (failure.status === 400 || failure.status === 422);

export function QueryBar(props: QueryBarProps): JSX.Element {
  const id = createUniqueId();
  const [draft, setDraft] = createSignal(props.query);
  createEffect(on(() => props.query, setDraft));
  const parsed = createMemo(() => parseQuery(props.query));
  const write = (query: Query) => props.onQuery(formatQuery(query));
  const refused = () => (isQueryFailure(props.failure) ? props.failure.message : null);

  return (
    <div class="ef-query">
      <Show when={parsed()}>
        {(query) => (
          <>
            <For each={query().matchers}>
              {(matcher, index) => (
                <Show when={isFilter(matcher)}>
                  <Chip
                    matcher={matcher}
                    head={query().head}
                    onOpposite={() => write(withOpposite(query(), index()))}
                    onRemove={() => write(withoutMatcher(query(), index()))}
                  />
                </Show>
              )}
            </For>
            <TagFilter app={props.app} label={props.label} query={query()} range={props.range} onQuery={write} />
          </>
        )}
      </Show>
      <form
        class="ef-query-text"
        onSubmit={(event) => {
          event.preventDefault();
          const next = draft().trim();
          if (next === props.query) props.app.refresh();
          else if (next !== "") props.onQuery(next);
        }}
      >
        <input
          class="ef-input ef-mono"
          type="text"
          aria-label={props.label}
          aria-invalid={refused() !== null}
          aria-describedby={`${id}-error`}
          placeholder={'my-app.cpu{region="us-west-1"}'}
          spellcheck={false}
          autocomplete="off"
          value={draft()}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && setDraft(props.query)}
        />
        <button type="submit" class="ef-button" data-kind={draft().trim() === props.query ? undefined : "main"}>
          Run
        </button>
      </form>
      <p class="ef-query-error ef-error-text" id={`${id}-error`} role="alert" hidden={refused() === null}>
        {refused()}
      </p>
    </div>
  );
}

interface ChipProps {
  readonly matcher: Matcher;
  readonly head: string;
  readonly onOpposite: () => void;
  readonly onRemove: () => void;
}

function Chip(props: ChipProps): JSX.Element {
  const excludes = () => props.matcher.operator.startsWith("!");
  const values = () => literalValues(props.matcher, props.head);
  const sign = () => (values() === null ? props.matcher.operator.replace("=~", "~") : excludes() ? "≠" : "=");
  const text = () => values()?.join(" or ") ?? props.matcher.value;
  return (
    <span class="ef-chip" data-exclude={excludes()}>
      <button
        type="button"
        class="ef-chip-main"
        title={excludes() ? "Click to include instead" : "Click to exclude instead"}
        onClick={() => props.onOpposite()}
      >
        <span>{props.matcher.name}</span>
        <span class="ef-chip-operator">{sign()}</span>
        <span class="ef-chip-value">{text() === "" ? "(empty)" : text()}</span>
        <span class="ef-hidden">{excludes() ? "(include instead)" : "(exclude instead)"}</span>
      </button>
      <button
        type="button"
        aria-label={`Remove filter ${props.matcher.name}`}
        title="Remove"
        onClick={() => props.onRemove()}
      >
        <Icon name="cross" />
      </button>
    </span>
  );
}
