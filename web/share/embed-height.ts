// Tells the page around an embed how high it would be without a scroll bar. The message says nothing of the profile, so any page
// may have it; whoever listens checks `event.source` against its own frame.
//
//   {type: "edgeflame:height", height: 412}

/** Answers a frame's parent that asks, and tells it of changes. */
export function tellHeight(): void {
  if (window.parent === window) return;
  let told = 0;
  const tell = (): void => {
    const height = Math.ceil(document.documentElement.scrollHeight);
    if (height === told) return;
    told = height;
    window.parent.postMessage({ type: "edgeflame:height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || (data as { type?: unknown } | null)?.type !== "edgeflame:ask-height") return;
    told = 0;
    tell();
  });
  tell();
}
