// The box beside the crosshair: which slot, and each series' value in it. Text only; labels are hostile.
import { fullText, spanText } from "../state/time-text.ts";
import { marksIn, slotAt, slotStart, type TimelineMark, type TimelineModel } from "./timeline-model.ts";

export interface TimelineTooltip {
  showTime(model: TimelineModel, seconds: number | null): void;
  showSlot(model: TimelineModel, slot: number): void;
  /** At least one. */
  showMarks(model: TimelineModel, marks: readonly TimelineMark[]): void;
  hide(): void;
}

/** More lines than this would cover the chart. */
const MOST_LINES = 12;
const MOST_MARKS = 5;

export function createTooltip(over: HTMLElement): TimelineTooltip {
  const box = document.createElement("div");
  box.className = "tl-tip";
  box.hidden = true;
  // Its words are the keyboard cursor's value text; a second reading would only be noise.
  box.setAttribute("aria-hidden", "true");
  over.append(box);

  function showSlot(model: TimelineModel, slot: number): void {
    const at = slotStart(model, slot);
    const notes = marksIn(model, at).map(({ text }) => textLine("tl-tip-note", text));
    const title = textLine("tl-tip-time", slotText(model, slot));
    box.replaceChildren(title, ...lines(model, slot), ...notes.slice(0, MOST_MARKS));
    placeAt(model, at + model.slotSeconds / 2);
  }

  function placeAt(model: TimelineModel, at: number): void {
    box.hidden = false;
    const share = (at - model.from) / (model.until - model.from);
    // On the side with more room.
    box.style.left = share < 0.5 ? `calc(${share * 100}% + 12px)` : "auto";
    box.style.right = share < 0.5 ? "auto" : `calc(${(1 - share) * 100}% + 12px)`;
  }

  return {
    showSlot,
    showMarks(model, marks) {
      const notes = marks
        .slice(0, MOST_MARKS)
        .flatMap(({ at, text }) => [textLine("tl-tip-time", fullText(at, model.zone)), textLine("tl-tip-note", text)]);
      const more = marks.length - MOST_MARKS;
      box.replaceChildren(...notes, ...(more > 0 ? [textLine("tl-tip-time", `and ${more} more`)] : []));
      placeAt(model, marks[0]?.at ?? model.from);
    },
    showTime(model, seconds) {
      const slot = seconds === null ? null : slotAt(model, seconds);
      if (slot === null) box.hidden = true;
      else showSlot(model, slot);
    },
    hide() {
      box.hidden = true;
    },
  };
}

function textLine(name: string, text: string): HTMLElement {
  const line = document.createElement("div");
  line.className = name;
  line.textContent = text;
  return line;
}

function lines(model: TimelineModel, slot: number): HTMLElement[] {
  const present = model.series
    .map((series) => ({ series, value: series.values[slot] ?? null }))
    .sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
    .slice(0, MOST_LINES);
  return present.map(({ series, value }) => {
    const line = document.createElement("div");
    line.className = "tl-tip-line";
    const chip = document.createElement("span");
    chip.className = "tl-chip";
    chip.style.background = `var(${series.colour})`;
    const label = document.createElement("span");
    label.className = "tl-tip-label";
    label.textContent = series.label;
    const number = document.createElement("span");
    number.className = "tl-tip-value";
    number.textContent = value === null ? "no data" : model.formatValue(value);
    line.append(chip, label, number);
    return line;
  });
}

/** `22 Nov 2026, 20:10 UTC (10 s)`. */
export function slotText(model: TimelineModel, slot: number): string {
  return `${fullText(slotStart(model, slot), model.zone)} (${spanText(model.slotSeconds)})`;
}

/** The same facts in one sentence, for the keyboard cursor. */
export function slotSentence(model: TimelineModel, slot: number): string {
  const values = model.series.map(({ label, values }) => {
    const value = values[slot] ?? null;
    const text = value === null ? "no data" : model.formatValue(value);
    return model.series.length === 1 ? text : `${label} ${text}`;
  });
  const notes = marksIn(model, slotStart(model, slot)).map(({ text }) => ` Annotation: ${text}.`);
  const said = notes.slice(0, MOST_MARKS).join("");
  return `${fullText(slotStart(model, slot), model.zone)}: ${values.slice(0, MOST_LINES).join(", ")}${said}`;
}
