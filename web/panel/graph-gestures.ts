/** To look around with the mouse: a drag pans, the wheel with Ctrl zooms, and sideways pans. Comes right after the first paint. */
import type { Viewport } from "../../src/view/layout.ts";
import { panViewport, zoomViewport } from "../../src/view/viewport-moves.ts";

const DRAG_PX = 4;

export interface GesturePlaces {
  /** Scrolls. */
  readonly root: HTMLElement;
  /** As large as the canvas, and takes the pointer. */
  readonly tree: HTMLElement;
}

/** Of what is seen, within what is in focus. */
export type MoveViewport = (move: (viewport: Viewport, bounds: Viewport) => Viewport) => void;

/** @returns whether the pointer that is down has dragged: then it is no click */
export function listenForGestures({ root, tree }: GesturePlaces, moveViewport: MoveViewport): () => boolean {
  let drag: { pointer: number; x: number; y: number; moved: boolean } | undefined;
  tree.addEventListener("pointerdown", (event) => {
    if (event.button === 0) drag = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
  });
  tree.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerType !== "mouse") return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < DRAG_PX) return;
    if (!drag.moved) tree.setPointerCapture(drag.pointer);
    drag = { ...drag, x: event.clientX, y: event.clientY, moved: true };
    root.scrollTop -= dy;
    moveViewport((viewport, bounds) => panViewport(viewport, bounds, -dx / root.clientWidth));
  });
  for (const type of ["pointerup", "pointercancel"])
    tree.addEventListener(type, () => {
      drag = undefined;
    });
  root.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const box = tree.getBoundingClientRect();
        const factor = Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.004 : 0.1));
        const anchor = (event.clientX - box.left) / box.width;
        moveViewport((viewport, bounds) => zoomViewport(viewport, bounds, factor, anchor));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const delta = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
        event.preventDefault();
        moveViewport((viewport, bounds) => panViewport(viewport, bounds, delta / root.clientWidth));
      }
    },
    { passive: false },
  );
  return () => drag?.moved === true;
}
