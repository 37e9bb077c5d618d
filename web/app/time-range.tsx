// The time range: a button that says it, and a popover with presets, free text and dates.
import { createSignal, createUniqueId, For, type JSX, Show } from "solid-js";
import { parseTime, resolveTime, type TimeRange } from "../state/time-form.ts";
import { inputText, PRESET_COLUMNS, rangeText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";

export interface TimeRangeProps {
  readonly app: AppModel;
  /** Whose range: "Time range", "Baseline range". */
  readonly label: string;
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
}

export function TimeRangePicker(props: TimeRangeProps): JSX.Element {
  const text = () => rangeText(props.range, props.app.zone());
  return (
    <Popover
      label={props.label}
      buttonLabel={`${props.label}: ${text()}`}
      class="ef-time"
      button={
        <>
          <Icon name="clock" />
          {text()}
        </>
      }
    >
      {(close) => (
        <TimeRangeForm
          {...props}
          onRange={(range) => {
            close();
            props.onRange(range);
          }}
        />
      )}
    </Popover>
  );
}

function TimeRangeForm(props: TimeRangeProps): JSX.Element {
  const { zone, setZone, nowSeconds } = props.app;
  const id = createUniqueId();
  const [failure, setFailure] = createSignal<string | null>(null);
  const moment = (text: string) => inputText(resolveTime(text, nowSeconds()), zone());

  function apply(from: string, until: string): void {
    const now = nowSeconds();
    const start = parseTime(from, zone());
    const end = parseTime(until, zone());
    if (start === null || end === null) {
      const wrong = start === null ? from : until;
      setFailure(
        wrong === ""
          ? "Fill in both times."
          : `“${wrong}” is no time. Try now-3h, now, unix seconds or 2026-11-22 20:10.`,
      );
      return;
    }
    // Dates become seconds here: the server would read them in its own way.
    const asked = (text: string, form: NonNullable<typeof start>) =>
      form.kind === "absolute" ? String(form.seconds) : text.replaceAll(" ", "");
    const range = { from: asked(from, start), until: asked(until, end) };
    if (resolveTime(range.from, now) >= resolveTime(range.until, now)) setFailure("The range ends before it starts.");
    else props.onRange(range);
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    apply(String(fields.get("from")).trim().replace("T", " "), String(fields.get("until")).trim().replace("T", " "));
  };

  return (
    <>
      <div class="ef-caption">Quick ranges</div>
      <div class="ef-presets">
        <For each={PRESET_COLUMNS.flat()}>
          {(preset) => (
            <button
              type="button"
              aria-pressed={preset.from === props.range.from && preset.until === props.range.until}
              data-autofocus={preset.from === props.range.from ? "" : undefined}
              onClick={() => props.onRange({ from: preset.from, until: preset.until })}
            >
              {preset.label}
            </button>
          )}
        </For>
      </div>
      <div class="ef-caption">As text</div>
      <form class="ef-time-row" onSubmit={submit} novalidate>
        <label class="ef-field">
          From
          <input
            class="ef-input ef-mono"
            name="from"
            value={props.range.from}
            autocomplete="off"
            spellcheck={false}
            aria-describedby={`${id}-error`}
          />
        </label>
        <label class="ef-field">
          Until
          <input
            class="ef-input ef-mono"
            name="until"
            value={props.range.until}
            autocomplete="off"
            spellcheck={false}
            aria-describedby={`${id}-error`}
          />
        </label>
        <button type="submit" class="ef-button" aria-label="Apply text range">
          Apply
        </button>
      </form>
      <div class="ef-caption">As dates</div>
      <form class="ef-time-row" onSubmit={submit} novalidate>
        <label class="ef-field">
          From
          <input class="ef-input" type="datetime-local" step="1" name="from" value={moment(props.range.from)} />
        </label>
        <label class="ef-field">
          Until
          <input class="ef-input" type="datetime-local" step="1" name="until" value={moment(props.range.until)} />
        </label>
        <button type="submit" class="ef-button" aria-label="Apply dates">
          Apply
        </button>
      </form>
      <p class="ef-error-text" id={`${id}-error`} role="alert">
        <Show when={failure()}>{failure()}</Show>
      </p>
      <fieldset class="ef-zone">
        <legend>Times in</legend>
        <label>
          <input type="radio" name={`${id}-zone`} checked={zone() === "local"} onChange={() => setZone("local")} />
          Local time
        </label>
        <label>
          <input type="radio" name={`${id}-zone`} checked={zone() === "utc"} onChange={() => setZone("utc")} />
          UTC
        </label>
      </fieldset>
    </>
  );
}
