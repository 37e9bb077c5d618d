/**
 * A search applied to a graph. Its share is that of the union: a match below another match adds nothing, so it can never
 * pass 100 %. Hits are counted per node in reading order (top to bottom, left to right), which is the order of the numbers.
 */
import type { FlameModel } from "./model.ts";
import { ROOT } from "./model.ts";
import type { SearchHits } from "./search-hits.ts";
import type { NameTest } from "./search-query.ts";

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
