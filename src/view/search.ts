/**
 * A search applied to a graph. Its share is that of the union: a match below another match adds nothing, so it can never
 * pass 100 %. Hits are counted per node in reading order (top to bottom, left to right), which is the order of the numbers.
 */
import type { FlameModel, NodeIndex } from "./model.ts";
import { ROOT } from "./model.ts";
import type { NameTest } from "./search-query.ts";

export interface SearchHits {
  /** Per name: 1 when it matches. */
  readonly matches: Uint8Array;
  /** hitsBefore[i] is the number of hits among the nodes 0 … i - 1, so any range of nodes is asked in one subtraction. */
  readonly hitsBefore: Uint32Array;
  readonly hitCount: number;
  /** Share of the union of all hits, per side. */
  readonly shares: readonly number[];
}

export function searchModel(model: FlameModel, test: NameTest): SearchHits {
  const matches = new Uint8Array(model.names.length);
  for (let name = 0; name < matches.length; name++) if (test(model.names[name]!)) matches[name] = 1;

  const { parent, name, nodeCount } = model;
  const hitsBefore = new Uint32Array(nodeCount + 1);
  const covered = new Uint8Array(nodeCount);
  const sums = model.sides.map(() => 0);
  let hitCount = 0;
  // The root stands for the whole and is no function: it is never a hit.
  for (let node = ROOT + 1; node < nodeCount; node++) {
    hitsBefore[node] = hitCount;
    const above = covered[parent[node]!]!;
    if (matches[name[node]!] === 1) {
      hitCount++;
      covered[node] = 1;
      if (above === 0) for (let side = 0; side < sums.length; side++) sums[side]! += model.sides[side]!.total[node]!;
    } else {
      covered[node] = above;
    }
  }
  hitsBefore[nodeCount] = hitCount;
  const shares = sums.map((sum, side) => {
    const whole = model.sides[side]!.total[ROOT]!;
    return whole > 0 ? sum / whole : 0;
  });
  return { matches, hitsBefore, hitCount, shares };
}

export function isHit(hits: SearchHits, node: NodeIndex): boolean {
  return hits.hitsBefore[node + 1]! > hits.hitsBefore[node]!;
}

/** The node of the hit with this number, counted from 0. */
export function hitAt(hits: SearchHits, number: number): NodeIndex | undefined {
  if (number < 0 || number >= hits.hitCount) return undefined;
  let low = 0;
  let high = hits.hitsBefore.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits.hitsBefore[middle]! > number) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
