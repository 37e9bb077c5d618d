// A button with a native popover: the browser brings the top layer, Esc, closing by a click elsewhere, and focus return.
import { createSignal, createUniqueId, type JSX, Show } from "solid-js";

export interface PopoverProps {
  /** Accessible name of the button, when its text is not enough. */
  readonly buttonLabel?: string;
  readonly button: JSX.Element;
  /** Accessible name of what opens. */
  readonly label: string;
  readonly class?: string;
  readonly children: (close: () => void) => JSX.Element;
}

const EDGE_PX = 8;

export function Popover(props: PopoverProps): JSX.Element {
  const id = createUniqueId();
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  let panel!: HTMLDivElement;
  const close = () => panel.hidePopover();

  function place(): void {
    const { left, right, bottom } = button.getBoundingClientRect();
    const { clientWidth } = document.documentElement;
    const leftHalf = left + right < clientWidth;
    panel.style.top = `${bottom + 4}px`;
    panel.style.left = leftHalf ? `${Math.max(EDGE_PX, left)}px` : "auto";
    panel.style.right = leftHalf ? "auto" : `${Math.max(EDGE_PX, clientWidth - right)}px`;
  }

  /** Its width is known once it is open. */
  function keepInside(): void {
    const over = panel.getBoundingClientRect().right - (document.documentElement.clientWidth - EDGE_PX);
    if (over > 0) panel.style.left = `${Math.max(EDGE_PX, panel.getBoundingClientRect().left - over)}px`;
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class="ef-button"
        aria-haspopup="dialog"
        aria-expanded={open()}
        aria-label={props.buttonLabel}
        // The browser opens and closes: a press on the button of an open popover must not close and open it again.
        popovertarget={id}
      >
        {props.button}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={props.label}
        class={`ef-popover ${props.class ?? ""}`}
        on:beforetoggle={(event: Event) => {
          const opening = (event as ToggleEvent).newState === "open";
          if (opening) place();
          setOpen(opening);
        }}
        on:toggle={(event: Event) => {
          if ((event as ToggleEvent).newState !== "open") return;
          keepInside();
          const first =
            panel.querySelector<HTMLElement>("[data-autofocus]") ?? panel.querySelector<HTMLElement>("button, input");
          first?.focus();
        }}
      >
        <Show when={open()}>{props.children(close)}</Show>
      </div>
    </>
  );
}
