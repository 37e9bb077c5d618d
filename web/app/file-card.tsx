// An open file: what it is, how far it is read or why it can't be, and which of its profiles is shown.
import { createUniqueId, For, type JSX, Match, Show, Switch } from "solid-js";
import type { FileFacts, FileFailure } from "../adhoc/file-messages.ts";
import {
  adviceText,
  decodingText,
  FORMAT_NAMES,
  failureText,
  fileText,
  graphText,
  readingText,
  sizeText,
  totalText,
} from "../state/adhoc-text.ts";
import type { Side } from "../state/page-state.ts";
import { AdhocFormats, ChooseFiles } from "./adhoc-drop.tsx";
import { Icon } from "./icons.tsx";
import type { OpenFile } from "./open-file.ts";

export interface FileCardProps {
  /** Of its heading, which takes the focus. */
  readonly id: string;
  /** Of a comparison; null where there is one file alone. */
  readonly side: Side | null;
  /** What a drop on it replaces. */
  readonly place: Side;
  readonly file: OpenFile;
  readonly isOver: boolean;
  readonly onChoose: (graph: number) => void;
  readonly onReplace: (files: readonly File[]) => void;
  readonly onClose: () => void;
}

const LETTERS = { left: "A", right: "B" } as const;
const SIDE_NAMES = { left: "Baseline", right: "Comparison" } as const;

export function FileCard(props: FileCardProps): JSX.Element {
  const { file } = props;
  const name = fileText(file.name);
  const ready = () => {
    const state = file.state();
    return state.kind === "ready" ? state.facts : null;
  };
  const failure = () => {
    const state = file.state();
    return state.kind === "failed" ? state.failure : null;
  };
  const isUnderWay = () => file.state().kind === "reading" || file.state().kind === "decoding";
  return (
    <section
      class="ef-side ef-file"
      data-side={props.side === null ? undefined : LETTERS[props.side]}
      data-drop={props.place}
      data-over={props.isOver}
      aria-labelledby={props.id}
    >
      <div class="ef-side-card">
        <div class="ef-bar">
          <Show when={props.side}>
            {(side) => (
              <span class="ef-badge" aria-hidden="true">
                {LETTERS[side()]}
              </span>
            )}
          </Show>
          <h2 id={props.id} tabIndex={-1} class="ef-file-name">
            <Show when={props.side}>{(side) => <span class="ef-hidden">{SIDE_NAMES[side()]}: </span>}</Show>
            {name}
          </h2>
          <Show when={file.shown()}>{(graph) => <span class="ef-total">{totalText(graph())}</span>}</Show>
          <div class="ef-bar-end">
            <Show when={!isUnderWay()}>
              <ChooseFiles text="Replace…" label={`Replace ${name}`} one onFiles={props.onReplace} />
            </Show>
            <button
              type="button"
              class="ef-button"
              data-kind="quiet"
              data-icon=""
              aria-label={`${isUnderWay() ? "Cancel" : "Close"} ${name}`}
              title={isUnderWay() ? "Cancel" : "Close"}
              onClick={() => props.onClose()}
            >
              <Icon name="cross" />
            </button>
          </div>
        </div>
        <Show when={isUnderWay()}>
          <Progress file={file} />
        </Show>
        <Show when={ready()}>
          {(facts) => <Facts facts={facts()} bytes={file.bytes} chosen={file.chosen()} onChoose={props.onChoose} />}
        </Show>
        <Show when={failure()}>{(found) => <Failed name={name} failure={found()} />}</Show>
      </div>
      <span class="ef-hidden" role="status">
        <Switch>
          <Match when={isUnderWay()}>Reading {name}</Match>
          <Match when={ready()}>{name} is shown</Match>
        </Switch>
      </span>
    </section>
  );
}

function Progress(props: { file: OpenFile }): JSX.Element {
  const id = createUniqueId();
  const { name, bytes: size, state } = props.file;
  const read = () => {
    const now = state();
    return now.kind === "reading" ? now.bytes : null;
  };
  /** What is unpacked has no known end, nor has decoding. */
  const isKnown = () => (read() ?? size + 1) <= size;
  return (
    <div class="ef-file-progress">
      <progress aria-labelledby={id} {...(isKnown() && { value: read() ?? 0, max: Math.max(1, size) })} />
      <span id={id} class="ef-quiet">
        {read() === null ? decodingText(name) : readingText(name, read() ?? 0, size)}
      </span>
    </div>
  );
}

function Facts(props: {
  facts: FileFacts;
  bytes: number;
  chosen: number;
  onChoose: (graph: number) => void;
}): JSX.Element {
  return (
    <>
      <div class="ef-bar">
        <span class="ef-quiet">
          {FORMAT_NAMES[props.facts.format]} · {sizeText(props.bytes)}
        </span>
        <Show when={props.facts.graphs.length > 1}>
          <label class="ef-label">
            Profile type
            <select class="ef-select" onChange={(event) => props.onChoose(event.currentTarget.selectedIndex)}>
              <For each={props.facts.graphs}>
                {(graph, at) => (
                  <option selected={at() === props.chosen}>
                    {graphText(graph, at())} · {totalText(graph)}
                  </option>
                )}
              </For>
            </select>
          </label>
        </Show>
      </div>
      <Show when={props.facts.notes.length > 0}>
        <ul class="ef-file-notes" aria-label="Notes">
          <For each={props.facts.notes}>{(note) => <li>{note}</li>}</For>
        </ul>
      </Show>
    </>
  );
}

function Failed(props: { name: string; failure: FileFailure }): JSX.Element {
  return (
    <>
      <div class="ef-notice" data-kind="error" role="alert">
        <p>
          <strong>{props.name} cannot be shown.</strong> {failureText(props.failure)}
        </p>
        <p>{adviceText(props.failure)}</p>
      </div>
      <Show when={props.failure.code === "malformed_profile"}>
        <AdhocFormats />
      </Show>
    </>
  );
}
