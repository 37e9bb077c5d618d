// Opens the dialog for retention and deletion, whose code comes only then.
import { createSignal, type JSX, Show } from "solid-js";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";

type DialogCode = typeof import("./manage-dialog.tsx");

export function ManageButton(props: { app: AppModel }): JSX.Element {
  const [code, setCode] = createSignal<DialogCode | null>(null);
  const [open, setOpen] = createSignal(false);
  function show(): void {
    setOpen(true);
    // A deployment may have replaced the chunk since this page was loaded.
    if (code() === null) import("./manage-dialog.tsx").then(setCode, () => location.reload());
  }
  return (
    <>
      <button
        type="button"
        class="ef-button"
        data-icon=""
        aria-label="Manage data"
        aria-haspopup="dialog"
        title="Manage data"
        onClick={show}
      >
        <Icon name="store" />
      </button>
      <Show when={open() ? code() : null}>
        {(loaded) => loaded().ManageDialog({ app: props.app, onClose: () => setOpen(false) })}
      </Show>
    </>
  );
}
