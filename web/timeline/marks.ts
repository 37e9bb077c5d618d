// Annotations on a timeline: a thin line at each moment, with a flag on top that says what happened. Flags that would lie on each
// other are one. They are one stop of the Tab key; arrows go from flag to flag.
import { fullText } from "../state/time-text.ts";
import type { TimelineMark, TimelineModel } from "./timeline-model.ts";

export interface MarkEvents {
  readonly onShow: (marks: readonly TimelineMark[]) => void;
  readonly onHide: () => void;
}

export interface Marks {
  set(model: TimelineModel): void;
}

/** A flag's own width: nearer ones can't be told apart. */
const LEAST_APART_PX = 14;
/** Texts that a flag's name has. */
const MOST_NAMED = 5;

export function createMarks(over: HTMLElement, events: MarkEvents): Marks {
  const root = document.createElement("div");
  root.className = "tl-marks";
  root.setAttribute("role", "toolbar");
  root.setAttribute("aria-label", "Annotations");
  over.append(root);
  let drawn = "";

  root.addEventListener("keydown", (event) => {
    const flags = [...root.querySelectorAll<HTMLElement>("button")];
    const at = flags.indexOf(event.target as HTMLElement);
    const targets: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: flags.length - 1,
    };
    const to = Object.hasOwn(targets, event.key) ? flags[targets[event.key] ?? -1] : undefined;
    if (event.key === "Escape") events.onHide();
    if (to === undefined) return;
    event.preventDefault();
    for (const flag of flags) flag.tabIndex = flag === to ? 0 : -1;
    to.focus();
  });

  function flagOf(marks: readonly TimelineMark[], model: TimelineModel, isFirst: boolean): HTMLElement {
    const line = document.createElement("div");
    line.className = "tl-note-line";
    const [first] = marks;
    const share = ((first?.at ?? model.from) - model.from) / (model.until - model.from);
    line.style.left = `${share * 100}%`;
    const flag = document.createElement("button");
    flag.type = "button";
    flag.className = "tl-flag";
    flag.tabIndex = isFirst ? 0 : -1;
    if (marks.length > 1) flag.dataset.count = marks.length > 9 ? "9+" : String(marks.length);
    flag.setAttribute("aria-label", nameOf(marks, model));
    flag.addEventListener("focus", () => events.onShow(marks));
    flag.addEventListener("blur", events.onHide);
    flag.addEventListener("pointerenter", () => events.onShow(marks));
    flag.addEventListener("pointerleave", events.onHide);
    // The chart below would show the slot under the pointer instead, or begin to select.
    for (const type of ["mousemove", "mousedown"]) flag.addEventListener(type, (event) => event.stopPropagation());
    line.append(flag);
    return line;
  }

  return {
    set(model) {
      const width = over.getBoundingClientRect().width;
      const groups = groupsOf(model, width);
      const key = JSON.stringify([groups, model.from, model.until, model.zone]);
      // A refresh that changes nothing must not take the focus away.
      if (key === drawn) return;
      drawn = key;
      root.hidden = groups.length === 0;
      root.replaceChildren(...groups.map((marks, index) => flagOf(marks, model, index === 0)));
    },
  };
}

/** Those in the range, by time. */
function groupsOf({ marks = [], from, until }: TimelineModel, width: number): TimelineMark[][] {
  const groups: TimelineMark[][] = [];
  let left = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    if (mark.at < from || mark.at >= until) continue;
    const x = ((mark.at - from) / (until - from)) * width;
    const last = groups.at(-1);
    if (last !== undefined && x - left < LEAST_APART_PX) last.push(mark);
    else {
      groups.push([mark]);
      left = x;
    }
  }
  return groups;
}

function nameOf(marks: readonly TimelineMark[], { zone }: TimelineModel): string {
  const said = marks.slice(0, MOST_NAMED).map(({ at, text }) => `${fullText(at, zone)}: ${text}`);
  const more = marks.length > MOST_NAMED ? [`and ${marks.length - MOST_NAMED} more`] : [];
  return [...said, ...more].join("; ");
}
