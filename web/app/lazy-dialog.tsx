// A button in the header that opens a dialog, whose code comes only then.
import { createSignal, type JSX, onCleanup, Show } from "solid-js";

export interface DialogProps {
  readonly onClose: () => void;
}

export interface LazyDialogProps {
  readonly label: string;
  readonly button: JSX.Element;
  /** The button has a word beside its picture. */
  readonly wide?: boolean;
  /** Why there is nothing to open; null when there is. */
  readonly unavailable?: string | null;
  /** Opens it from anywhere but a text field. */
  readonly key?: string;
  /** Is handed what opens it from elsewhere. */
  readonly opener?: (open: () => void) => void;
  readonly onClose?: () => void;
  /** Without a border, beside others of the kind. */
  readonly quiet?: boolean;
  readonly load: () => Promise<(props: DialogProps) => JSX.Element>;
}

export function LazyDialog(props: LazyDialogProps): JSX.Element {
  const [code, setCode] = createSignal<((props: DialogProps) => JSX.Element) | null>(null);
  const [open, setOpen] = createSignal(false);
  const title = () => props.unavailable ?? (props.key === undefined ? props.label : `${props.label} (${props.key})`);
  function show(): void {
    if (props.unavailable) return;
    setOpen(true);
    // A deployment may have replaced the chunk since this page was loaded.
    if (code() === null)
      props.load().then(
        (loaded) => setCode(() => loaded),
        () => location.reload(),
      );
  }
  function close(): void {
    setOpen(false);
    props.onClose?.();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== props.key || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, select, textarea, dialog") !== null) return;
    event.preventDefault();
    show();
  }
  props.opener?.(show);
  document.addEventListener("keydown", onKeyDown);
  onCleanup(() => document.removeEventListener("keydown", onKeyDown));
  return (
    <>
      <button
        type="button"
        class="ef-button"
        data-kind={props.quiet === true ? "quiet" : undefined}
        data-icon={props.wide === true ? undefined : ""}
        aria-label={props.label}
        aria-haspopup="dialog"
        aria-disabled={props.unavailable ? "true" : undefined}
        title={title()}
        onClick={show}
      >
        {props.button}
      </button>
      <Show when={open() ? code() : null}>{(loaded) => loaded()({ onClose: close })}</Show>
    </>
  );
}
