// The frame of a modal dialog: the browser brings the focus trap, Esc, and focus return.
import { createUniqueId, type JSX, onMount } from "solid-js";
import { Icon } from "./icons.tsx";
import "./dialog.css";

export function Dialog(props: { title: string; onClose: () => void; children: JSX.Element }): JSX.Element {
  const id = createUniqueId();
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());
  return (
    <dialog ref={dialog} class="ef-dialog" aria-labelledby={id} onClose={() => props.onClose()}>
      <div class="ef-bar">
        <h2 id={id}>{props.title}</h2>
        <div class="ef-bar-end">
          <button
            type="button"
            class="ef-button"
            data-kind="quiet"
            data-icon=""
            aria-label="Close"
            title="Close (Esc)"
            onClick={() => dialog.close()}
          >
            <Icon name="cross" />
          </button>
        </div>
      </div>
      {props.children}
    </dialog>
  );
}
