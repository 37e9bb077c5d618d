// The graph as /render and /render-diff answer it: what this and other tools read again.
import type { ShareGraph } from "../../src/api/share.ts";

export function graphJson({ flamebearer, metadata, from, until, query }: ShareGraph): string {
  const { leftTicks, rightTicks, ...tree } = flamebearer;
  return JSON.stringify({
    version: 1,
    flamebearer: tree,
    metadata: { ...metadata, startTime: from, endTime: until, query },
    ...(leftTicks !== undefined && { leftTicks }),
    ...(rightTicks !== undefined && { rightTicks }),
    timeline: null,
    groups: null,
  });
}
