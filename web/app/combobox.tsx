// An editable combobox with a list, on the ARIA pattern: typing filters, ↑ ↓ move, Enter picks, Esc gives up.
import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from "solid-js";

export interface ComboOption {
  readonly id: string;
  readonly text: string;
  readonly detail?: string;
}

export interface ComboboxProps {
  readonly label: string;
  /** What is chosen now. */
  readonly value: string;
  readonly selectedId: string | null;
  readonly small?: boolean;
  readonly placeholder: string;
  /** Options for a typed text; "" asks for all. */
  readonly options: (typed: string) => readonly ComboOption[];
  readonly onPick: (option: ComboOption) => void;
}

/** More are not read by anybody; typing narrows. */
const MOST_OPTIONS = 100;

export function Combobox(props: ComboboxProps): JSX.Element {
  const id = createUniqueId();
  const [typed, setTyped] = createSignal<string | null>(null);
  const [open, setOpen] = createSignal(false);
  const [active, setActive] = createSignal(0);
  const found = createMemo(() => (open() ? props.options((typed() ?? "").trim()) : []));
  const shown = createMemo(() => found().slice(0, MOST_OPTIONS));
  let input!: HTMLInputElement;
  let list: HTMLDivElement | undefined;

  function show(): void {
    if (open()) return;
    setOpen(true);
    setActive(
      Math.max(
        0,
        shown().findIndex((option) => option.id === props.selectedId),
      ),
    );
    reveal();
  }
  function hide(): void {
    setOpen(false);
    setTyped(null);
    input.value = props.value;
  }
  function pick(option: ComboOption): void {
    props.onPick(option);
    hide();
    input.select();
  }
  function move(to: number): void {
    const count = shown().length;
    if (count === 0) return;
    setActive((to + count) % count);
    reveal();
  }
  const reveal = () =>
    queueMicrotask(() => list?.querySelector("[data-active=true]")?.scrollIntoView({ block: "nearest" }));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const option = shown()[active()];
    if (event.key === "ArrowDown") open() ? move(active() + 1) : show();
    else if (event.key === "ArrowUp") open() ? move(active() - 1) : show();
    else if (event.key === "Enter" && open() && option !== undefined) pick(option);
    else if (event.key === "Escape" && open()) hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="ef-combo" data-size={props.small ? "small" : "normal"}>
      <input
        ref={input}
        class="ef-input"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={props.label}
        aria-autocomplete="list"
        aria-expanded={open()}
        aria-controls={`${id}-list`}
        aria-activedescendant={open() && shown().length > 0 ? `${id}-${active()}` : undefined}
        placeholder={props.placeholder}
        value={typed() ?? props.value}
        title={props.value}
        onFocus={() => input.select()}
        onClick={show}
        onInput={() => {
          show();
          setTyped(input.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={hide}
      />
      <span class="ef-combo-arrow" aria-hidden="true" />
      <div
        ref={list}
        id={`${id}-list`}
        class="ef-listbox"
        role="listbox"
        aria-label={props.label}
        hidden={!open()}
        // Keeps the focus in the input, so that a click on an option comes before the blur.
        onPointerDown={(event) => event.preventDefault()}
        onMouseDown={(event) => event.preventDefault()}
      >
        <For each={shown()}>
          {(option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, which has the focus
            <div
              tabIndex={-1}
              id={`${id}-${index()}`}
              class="ef-option"
              role="option"
              aria-selected={option.id === props.selectedId}
              data-active={index() === active()}
              onPointerMove={() => setActive(index())}
              onClick={() => pick(option)}
            >
              <span class="ef-option-text">{option.text}</span>
              <Show when={option.detail}>
                <span class="ef-option-detail">{option.detail}</span>
              </Show>
            </div>
          )}
        </For>
        <Show when={found().length > shown().length}>
          <div class="ef-listbox-note" role="option" tabIndex={-1} aria-disabled="true" aria-selected="false">
            {found().length - shown().length} more: type to narrow
          </div>
        </Show>
        <Show when={found().length === 0}>
          <div class="ef-listbox-note" role="option" tabIndex={-1} aria-disabled="true" aria-selected="false">
            Nothing matches
          </div>
        </Show>
      </div>
    </div>
  );
}
