// How files come to the ad-hoc page: dropped anywhere on it, or chosen.
import { For, type JSX, Show } from "solid-js";
import { FORMAT_NAMES, fileText } from "../state/adhoc-text.ts";
import type { Side } from "../state/page-state.ts";
import type { OpenFiles } from "./adhoc-model.ts";
import { Icon } from "./icons.tsx";

/** What is dragged over: one side of the page, or its rest. */
export type DragTarget = Side | "page" | null;

/** @returns how to stop */
export function listenForFiles(
  onOver: (target: DragTarget) => void,
  onFiles: (files: readonly File[], aimed: Side | null) => void,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const over = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Else the browser would leave the page for the file.
    event.preventDefault();
    const isCovered = document.querySelector("dialog[open]") !== null;
    event.dataTransfer.dropEffect = isCovered ? "none" : "copy";
    onOver(isCovered ? null : (sideAt(event) ?? "page"));
  };
  window.addEventListener("dragenter", over, { signal });
  window.addEventListener("dragover", over, { signal });
  window.addEventListener(
    "dragleave",
    (event) => {
      // Out of the window; between elements there is always a next one.
      if (event.relatedTarget === null) onOver(null);
    },
    { signal },
  );
  window.addEventListener(
    "drop",
    (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      onOver(null);
      if (document.querySelector("dialog[open]") === null) onFiles([...event.dataTransfer.files], sideAt(event));
    },
    { signal },
  );
  return () => stop.abort();
}

function sideAt({ target }: Event): Side | null {
  const place = target instanceof Element ? target.closest<HTMLElement>("[data-drop]")?.dataset.drop : undefined;
  return place === "left" || place === "right" ? place : null;
}

export function ChooseFiles(props: {
  id?: string;
  kind?: "main" | "quiet";
  text: string;
  /** Where the text alone does not say which file. */
  label?: string;
  /** One file, not several. */
  one?: boolean;
  onFiles: (files: readonly File[]) => void;
}): JSX.Element {
  let input!: HTMLInputElement;
  return (
    <>
      <button
        type="button"
        id={props.id}
        class="ef-button"
        data-kind={props.kind}
        aria-label={props.label}
        onClick={() => input.click()}
      >
        <Icon name="file" />
        {props.text}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={props.one !== true}
        onChange={() => {
          const files = [...(input.files ?? [])];
          // The same file can be chosen again.
          input.value = "";
          props.onFiles(files);
        }}
      />
    </>
  );
}

/** The place of a second file, while there is only one. */
export function SecondFile(props: { isOver: boolean; onFiles: (files: readonly File[]) => void }): JSX.Element {
  return (
    <div class="ef-card ef-file-drop" data-drop="right" data-over={props.isOver}>
      <ChooseFiles text="Compare with another file…" one onFiles={props.onFiles} />
      <span class="ef-quiet">or drop it here</span>
    </div>
  );
}

export function AdhocFormats(): JSX.Element {
  const names = Object.entries(FORMAT_NAMES).flatMap(([format, name]) => (format === "otlp-json" ? [] : [name]));
  return (
    <ul class="ef-file-formats" aria-label="Formats">
      <For each={names}>{(name) => <li>{name}</li>}</For>
    </ul>
  );
}

/** Says what dropping would do, over everything. */
export function DropNote(props: { over: DragTarget; files: OpenFiles }): JSX.Element {
  const text = () => {
    const { left, right } = props.files;
    if (left === null) return "Drop to open";
    if (props.over === "left") return `Drop to replace ${fileText(left.name)}`;
    return right === null ? `Drop to compare with ${fileText(left.name)}` : `Drop to replace ${fileText(right.name)}`;
  };
  return (
    <Show when={props.over !== null}>
      <div class="ef-drop-note" aria-hidden="true">
        <span>{text()}</span>
      </div>
    </Show>
  );
}
