// The timeline by keyboard: one focusable slider whose value is a slot. Its value text is the tooltip's, so that a
// screen reader says what a pointer sees.
//
//   ← → one slot   Page Up/Down ten   Home End   with Shift: select   Enter: zoom to the selection   Esc: drop it

import { slotStart, type TimelineModel } from "./timeline-model.ts";
import { slotSentence } from "./tooltip.ts";

export interface CursorEvents {
  readonly onMove: (slot: number) => void;
  readonly onLeave: () => void;
  readonly onRange: (from: number, until: number) => void;
}

export interface CursorKeys {
  set(model: TimelineModel): void;
  /** Where it is, unix seconds; null unless it has the focus. */
  moment(): number | null;
}

const BIG_STEP = 10;

export function createCursorKeys(over: HTMLElement, label: string, events: CursorEvents): CursorKeys {
  let model: TimelineModel | null = null;
  let slot = 0;
  let anchor: number | null = null;
  const cursor = document.createElement("div");
  cursor.className = "tl-cursor";
  cursor.tabIndex = 0;
  cursor.setAttribute("role", "slider");
  cursor.setAttribute("aria-label", `${label}: cursor. Shift with arrows selects a range, Enter zooms to it.`);
  const mark = document.createElement("div");
  mark.className = "tl-mark";
  cursor.append(mark);
  over.append(cursor);

  function show(): void {
    if (model === null) return;
    const low = Math.min(slot, anchor ?? slot);
    const high = Math.max(slot, anchor ?? slot) + 1;
    const span = model.until - model.from;
    mark.style.left = `${((slotStart(model, low) - model.from) / span) * 100}%`;
    mark.style.width = `${(((high - low) * model.slotSeconds) / span) * 100}%`;
    const selected = anchor === null ? "" : ` Selected ${high - low} slots.`;
    cursor.setAttribute("aria-valuenow", String(slot));
    cursor.setAttribute("aria-valuetext", slotSentence(model, slot) + selected);
  }

  function move(to: number, selecting: boolean): void {
    if (model === null) return;
    if (selecting) anchor ??= slot;
    else anchor = null;
    slot = Math.max(0, Math.min(model.slotCount - 1, to));
    show();
    events.onMove(slot);
  }

  cursor.addEventListener("keydown", (event) => {
    if (model === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowLeft: slot - 1,
      ArrowDown: slot - 1,
      ArrowRight: slot + 1,
      ArrowUp: slot + 1,
      PageDown: slot - BIG_STEP,
      PageUp: slot + BIG_STEP,
      Home: 0,
      End: model.slotCount - 1,
    };
    const to = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (to !== undefined) move(to, event.shiftKey);
    else if (event.key === "Escape" && anchor !== null) move(slot, false);
    else if (event.key === "Enter" && anchor !== null) {
      const low = Math.min(slot, anchor);
      const high = Math.max(slot, anchor) + 1;
      anchor = null;
      events.onRange(slotStart(model, low), slotStart(model, high));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  cursor.addEventListener("focus", () => move(slot, false));
  cursor.addEventListener("blur", () => {
    anchor = null;
    events.onLeave();
  });

  return {
    set(next) {
      const moment = model === null ? next.until : slotStart(model, slot);
      model = next;
      // The cursor stays at its moment while the range moves under it.
      slot = Math.max(0, Math.min(next.slotCount - 1, Math.floor((moment - next.startTime) / next.slotSeconds)));
      anchor = null;
      cursor.setAttribute("aria-valuemin", "0");
      cursor.setAttribute("aria-valuemax", String(Math.max(0, next.slotCount - 1)));
      show();
    },
    moment: () => (model !== null && document.activeElement === cursor ? slotStart(model, slot) : null),
  };
}
