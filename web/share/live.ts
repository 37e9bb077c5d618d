// A live embed asks again each minute, as long as somebody can see it.
import type { ShareContent, ShareGraph } from "../../src/api/share.ts";

const PAUSE_MS = 60_000;

/** @param end once there is nothing to show any more: it was revoked, or is over */
export function keepFresh(address: string, show: (graph: ShareGraph) => void, end: (reason: string) => void): void {
  const later = () => setTimeout(() => void again(), PAUSE_MS);
  const again = async (): Promise<void> => {
    if (document.hidden) {
      document.addEventListener("visibilitychange", () => void again(), { once: true });
      return;
    }
    // What can't be fetched now may be in a minute: the last graph stays. A copy of the browser's own would hide that it was revoked.
    const response = await fetch(address, { cache: "no-cache" }).catch(() => null);
    if (response?.status === 404) {
      end("There is no live flame graph here any more: this is the last one.");
      return;
    }
    const content = response?.ok ? ((await response.json().catch(() => null)) as ShareContent | null) : null;
    const graph = content?.graphs[0];
    if (graph !== undefined) show(graph);
    later();
  };
  later();
}
