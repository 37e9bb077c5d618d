/** Says things to screen readers, politely and only the last of a burst: a count that changes with each key is noise. */
import { element } from "./dom.ts";

const QUIET_MS = 400;

export interface Announcer {
  readonly root: HTMLElement;
  say(text: string): void;
  destroy(): void;
}

export function createAnnouncer(): Announcer {
  const root = element("div", "efp-hidden", { role: "status", "aria-live": "polite" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    root,
    say: (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        root.textContent = text;
      }, QUIET_MS);
    },
    destroy: () => clearTimeout(timer),
  };
}
