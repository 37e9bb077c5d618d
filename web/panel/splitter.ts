/** The bar between table and graph: drag it, or move it with the arrow keys. It reports the table's part of the width. */
import { element } from "./dom.ts";

const MIN_SHARE = 0.2;
const MAX_SHARE = 0.8;

export function createSplitter(container: HTMLElement, initialShare: number): HTMLElement {
  const bar = element("div", "efp-splitter", {
    role: "separator",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": "Width of the table",
    "aria-valuemin": MIN_SHARE * 100,
    "aria-valuemax": MAX_SHARE * 100,
  });
  let share = initialShare;

  function moveTo(next: number): void {
    share = Math.max(MIN_SHARE, Math.min(MAX_SHARE, next));
    container.style.setProperty("--efp-table-share", `${(share * 100).toFixed(1)}%`);
    bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    bar.focus();
  });
  bar.addEventListener("pointermove", (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const box = container.getBoundingClientRect();
    moveTo((event.clientX - box.left) / box.width);
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") moveTo(share - 0.02);
    else if (event.key === "ArrowRight") moveTo(share + 0.02);
    else if (event.key === "Home") moveTo(MIN_SHARE);
    else if (event.key === "End") moveTo(MAX_SHARE);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  moveTo(share);
  return bar;
}
