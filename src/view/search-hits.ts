/** What a search found in a graph, for those who draw it (search.ts finds). */
import type { NodeIndex } from "./model.ts";

export interface SearchHits {
  /** Per name: 1 when it matches. */
  readonly matches: Uint8Array;
  /** hitsBefore[i] is the number of hits among the nodes 0 … i - 1, so any range of nodes is asked in one subtraction. */
  readonly hitsBefore: Uint32Array;
  readonly hitCount: number;
  /** Share of the union of all hits, per side. */
  readonly shares: readonly number[];
}

export function isHit(hits: SearchHits, node: NodeIndex): boolean {
  return hits.hitsBefore[node + 1]! > hits.hitsBefore[node]!;
}
