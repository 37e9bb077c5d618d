// Asks the real server for a profile, and sums functions over its levels: for tests that look at data without the page.
import type { RenderResponse } from "../../src/api/render.ts";

export async function fetchRender(server: string, params: Readonly<Record<string, string>>): Promise<RenderResponse> {
  const answer = await fetch(`${server}/render?${new URLSearchParams({ format: "json", ...params })}`);
  if (!answer.ok) throw new Error(`render answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as RenderResponse;
}

/**
 * The share of all values in stacks with the function, between 0 and 1; one that calls itself counts once. Names from Node
 * go on with the line: `./app.mjs:work:30`.
 */
export function shareOfFunction({ flamebearer }: RenderResponse, functionName: string): number {
  const isWanted = flamebearer.names.map((name) => name === functionName || name.startsWith(`${functionName}:`));
  /** Where boxes of the function are, by their left edge: what is below one is in it. */
  const counted: (readonly [left: number, right: number])[] = [];
  for (const level of flamebearer.levels) {
    let right = 0;
    for (let node = 0; node < level.length; node += 4) {
      const left = right + (level[node] ?? 0);
      right = left + (level[node + 1] ?? 0);
      const end = right;
      if (isWanted[level[node + 3] ?? -1] && !counted.some((box) => box[0] <= left && end <= box[1]))
        counted.push([left, end]);
    }
  }
  const sum = counted.reduce((total, [left, right]) => total + right - left, 0);
  return flamebearer.numTicks === 0 ? 0 : sum / flamebearer.numTicks;
}

/** Waits until the server has something for the query; returns how long that took since `sinceMs`. */
export async function untilVisible(
  server: string,
  params: Readonly<Record<string, string>>,
  sinceMs: number,
): Promise<number> {
  for (;;) {
    const { edgeflame } = await fetchRender(server, { ...params, "max-nodes": "1" });
    const passedMs = performance.now() - sinceMs;
    if (edgeflame.uploads > 0 || passedMs > 30_000) return passedMs;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
