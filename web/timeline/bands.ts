// The ranges of a comparison on a timeline: a tinted band with its letter, and two edges to drag or to move by keys.
import { fullText } from "../state/time-text.ts";
import type { BandSide, TimelineBand, TimelineModel } from "./timeline-model.ts";

export interface Bands {
  set(model: TimelineModel): void;
}

type Edge = "from" | "until";

/** Keys repeat quickly: the new range is reported when they pause. */
const KEY_PAUSE_MS = 300;
const BIG_STEP = 10;

export function createBands(over: HTMLElement, onBand: (side: BandSide, from: number, until: number) => void): Bands {
  let drawn: BandElement[] = [];
  return {
    set(model) {
      const shape = model.bands.map(({ side, editable }) => `${side}${editable}`).join();
      if (shape !== drawn.map(({ key }) => key).join()) {
        for (const { root } of drawn) root.remove();
        drawn = model.bands.map((band) => createBand(over, band, onBand));
      }
      model.bands.forEach((band, index) => {
        drawn[index]?.set(band, model);
      });
    },
  };
}

interface BandElement {
  readonly key: string;
  readonly root: HTMLElement;
  set(band: TimelineBand, model: TimelineModel): void;
}

function createBand(
  over: HTMLElement,
  { side, editable }: TimelineBand,
  onBand: (side: BandSide, from: number, until: number) => void,
): BandElement {
  let band: TimelineBand | null = null;
  let model: TimelineModel | null = null;
  let draft: { from: number; until: number } | null = null;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const root = document.createElement("div");
  root.className = "tl-band";
  root.dataset.side = side;
  const tag = document.createElement("span");
  tag.className = "tl-band-tag";
  tag.textContent = side;
  tag.setAttribute("aria-hidden", "true");
  root.append(tag);
  over.prepend(root);
  const edges = editable ? [createEdge("from"), createEdge("until")] : [];

  function show(): void {
    if (band === null || model === null) return;
    const { from, until } = draft ?? band;
    const span = model.until - model.from;
    const left = clamp((from - model.from) / span, 0, 1);
    const right = clamp((until - model.from) / span, 0, 1);
    root.style.left = `${left * 100}%`;
    root.style.width = `${(right - left) * 100}%`;
    root.hidden = until <= model.from || from >= model.until;
    for (const edge of edges) edge.show();
  }

  function moveEdge(edge: Edge, to: number): void {
    if (band === null || model === null) return;
    const { from, until } = draft ?? band;
    const { slotSeconds, startTime } = model;
    const slot = startTime + Math.round((to - startTime) / slotSeconds) * slotSeconds;
    draft =
      edge === "from"
        ? { from: clamp(slot, model.from, until - slotSeconds), until }
        : { from, until: clamp(slot, from + slotSeconds, model.until) };
    show();
  }

  function commit(): void {
    clearTimeout(pause);
    if (draft === null || band === null) return;
    const { from, until } = draft;
    // The draft stays until the page answers with the new range, so that the edge does not jump back.
    if (from !== band.from || until !== band.until) onBand(side, Math.round(from), Math.round(until));
    else draft = null;
  }

  function createEdge(edge: Edge): { show(): void } {
    const handle = document.createElement("div");
    handle.className = `tl-edge tl-edge-${edge}`;
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    root.append(handle);
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      handle.focus();
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (model === null || !handle.hasPointerCapture(event.pointerId)) return;
      const plot = over.getBoundingClientRect();
      moveEdge(edge, model.from + ((event.clientX - plot.left) / plot.width) * (model.until - model.from));
    });
    handle.addEventListener("lostpointercapture", commit);
    handle.addEventListener("keydown", (event) => {
      if (band === null || model === null) return;
      const at = (draft ?? band)[edge];
      const step = model.slotSeconds * (event.shiftKey ? BIG_STEP : 1);
      const targets: Record<string, number> = {
        ArrowLeft: at - step,
        ArrowDown: at - step,
        ArrowRight: at + step,
        ArrowUp: at + step,
        PageDown: at - model.slotSeconds * BIG_STEP,
        PageUp: at + model.slotSeconds * BIG_STEP,
        Home: model.from,
        End: model.until,
      };
      const to = Object.hasOwn(targets, event.key) ? targets[event.key] : undefined;
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      moveEdge(edge, to);
      clearTimeout(pause);
      pause = setTimeout(commit, KEY_PAUSE_MS);
    });
    return {
      show() {
        if (band === null || model === null) return;
        const at = (draft ?? band)[edge];
        handle.setAttribute("aria-label", `${band.label}: ${edge === "from" ? "start" : "end"}`);
        handle.setAttribute("aria-valuemin", String(Math.round(Math.min(model.from, at))));
        handle.setAttribute("aria-valuemax", String(Math.round(Math.max(model.until, at))));
        handle.setAttribute("aria-valuenow", String(Math.round(at)));
        handle.setAttribute("aria-valuetext", fullText(Math.round(at), model.zone));
      },
    };
  }

  return {
    key: `${side}${editable}`,
    root,
    set(next, inModel) {
      if (band === null || next.from !== band.from || next.until !== band.until) draft = null;
      band = next;
      model = inModel;
      show();
    },
  };
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
