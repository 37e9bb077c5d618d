// The tag selector: names on the left, the values of one name on the right, each with the uploads it would leave.
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import type { Tag, TagsResponse } from "../../src/api/tags.ts";
import { requestPath } from "../api/client.ts";
import { createLoad } from "../api/load.ts";
import { formatQuery, type Query, valueState, withValue } from "../state/query-text.ts";
import { isFilter } from "../state/selection.ts";
import type { TimeRange } from "../state/time-form.ts";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";

export interface TagFilterProps {
  readonly app: AppModel;
  readonly label: string;
  readonly query: Query;
  readonly range: TimeRange;
  readonly onQuery: (query: Query) => void;
}

export const tagsPath = (query: string, range: TimeRange): string =>
  requestPath("api/tags", { query, from: range.from, until: range.until });

/** Labels that name the application are not filters. */
export const tagNames = (tags: readonly Tag[] | undefined): string[] =>
  (tags ?? []).map(({ name }) => name).filter((name) => isFilter({ name, operator: "=", value: "" }));

export function TagFilter(props: TagFilterProps): JSX.Element {
  return (
    <Popover
      label={`Tags of ${props.label.toLowerCase()}`}
      button={
        <>
          <Icon name="plus" />
          Tags
        </>
      }
    >
      {() => <TagChoice {...props} />}
    </Popover>
  );
}

const MOST_VALUES = 200;

function TagChoice(props: TagFilterProps): JSX.Element {
  // A memo: the range is the page's whole state, and rows that come anew under the pointer lose the click.
  const path = createMemo(() => tagsPath(formatQuery(props.query), props.range));
  const load = createLoad<TagsResponse>(path, props.app.tick);
  const [chosen, setChosen] = createSignal<string | null>(null);
  const [needle, setNeedle] = createSignal("");
  const names = createMemo(() => tagNames(load.value()?.tags));
  const name = createMemo(() => chosen() ?? names()[0] ?? null);
  const tag = createMemo(() => load.value()?.tags.find((each) => each.name === name()));
  const values = createMemo(() =>
    (tag()?.values ?? [])
      .filter(({ value }) => value.toLowerCase().includes(needle().toLowerCase()))
      .slice(0, MOST_VALUES),
  );
  const most = createMemo(() => Math.max(1, ...(tag()?.values ?? []).map(({ uploads }) => uploads)));

  function toggle(value: string, wanted: "included" | "excluded"): void {
    const of = name();
    if (of === null) return;
    const next = valueState(props.query, of, value) === wanted ? "none" : wanted;
    props.onQuery(withValue(props.query, of, value, next));
  }

  return (
    <Show
      when={names().length > 0}
      fallback={
        <p class="ef-quiet" role="status">
          {load.failure()?.message ?? (load.loading() ? "Loading tags…" : "No tags in this range.")}
        </p>
      }
    >
      <div class="ef-tags">
        <div>
          <div class="ef-caption">Tag</div>
          <ul>
            <For each={names()}>
              {(each) => (
                <li>
                  <button
                    type="button"
                    class="ef-tag-name"
                    aria-pressed={each === name()}
                    data-autofocus={each === name() ? "" : undefined}
                    onClick={() => setChosen(each)}
                  >
                    <span>{each}</span>
                    <span class="ef-count">{load.value()?.tags.find((of) => of.name === each)?.values.length}</span>
                  </button>
                </li>
              )}
            </For>
          </ul>
        </div>
        <div>
          <div class="ef-caption">Values and profiles</div>
          <Show when={(tag()?.values.length ?? 0) > 8}>
            <input
              class="ef-input"
              type="search"
              aria-label={`Find a value of ${name()}`}
              placeholder="Find a value"
              value={needle()}
              onInput={(event) => setNeedle(event.currentTarget.value)}
            />
          </Show>
          <ul>
            <For each={values()}>
              {({ value, uploads }) => {
                const state = () => valueState(props.query, name() ?? "", value);
                return (
                  <li class="ef-tag-value">
                    <span class="ef-tag-bar" style={{ width: `${(uploads / most()) * 100}%` }} />
                    <span>{value === "" ? "(empty)" : value}</span>
                    <span class="ef-count">{uploads.toLocaleString("en-US")}</span>
                    <button
                      type="button"
                      aria-pressed={state() === "included"}
                      aria-label={`Include ${value}`}
                      title="Include"
                      onClick={() => toggle(value, "included")}
                    >
                      =
                    </button>
                    <button
                      type="button"
                      data-exclude=""
                      aria-pressed={state() === "excluded"}
                      aria-label={`Exclude ${value}`}
                      title="Exclude"
                      onClick={() => toggle(value, "excluded")}
                    >
                      ≠
                    </button>
                  </li>
                );
              }}
            </For>
          </ul>
          <Show when={tag()?.truncated}>
            <p class="ef-quiet">Not all values are listed. Write others in the query.</p>
          </Show>
        </div>
      </div>
    </Show>
  );
}
