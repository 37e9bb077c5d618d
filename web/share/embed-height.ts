// Tells the page around an embed how high it would be without a scroll bar: the whole graph, and what is around it. The message says
// nothing of the profile, so any page may have it; whoever listens checks `event.source` against its own frame.
//
//   {type: "edgeflame:height", height: 412}

/** Beyond this nobody wants to scroll an article past it. */
const MOST_PX = 4000;

/** Answers a frame's parent that asks, and tells it of changes: of a width once, since every zoom has its own height. */
export function tellHeight(): void {
  if (window.parent === window) return;
  let told = { width: 0, height: 0 };
  const tell = (): void => {
    const { scrollHeight, clientWidth: width } = document.documentElement;
    const graph = document.querySelector(".efp-panes > .efp-graph");
    const rows = graph?.clientHeight && graph.querySelector<HTMLElement>(".efp-spacer")?.offsetHeight;
    const wanted = rows ? scrollHeight - graph.clientHeight + rows : scrollHeight;
    const height = Math.min(MOST_PX, Math.ceil(wanted));
    if (width === told.width && height <= told.height) return;
    told = { width, height };
    window.parent.postMessage({ type: "edgeflame:height", height }, "*");
  };
  const observer = new ResizeObserver(tell);
  for (const part of [document.body, ...document.querySelectorAll(".efp-spacer, .efp-details")]) observer.observe(part);
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || (data as { type?: unknown } | null)?.type !== "edgeflame:ask-height") return;
    told = { width: 0, height: 0 };
    tell();
  });
  tell();
}
