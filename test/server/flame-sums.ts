// What a flamebearer says, as sums by function: an independent reading of `levels` for comparisons with known truths.
//
//   level 0: one root;  a box is [x minus the end of the box before it, total, self, name]

export interface Flamebearer {
  readonly names: readonly string[];
  readonly levels: readonly (readonly number[])[];
  readonly numTicks: number;
}

export interface FlameSums {
  readonly total: number;
  /** Boxes below the root that have a width. */
  readonly nodes: number;
  readonly self: ReadonlyMap<string, number>;
  /** A function counts once per stack, however often it recurs in it. */
  readonly withCallees: ReadonlyMap<string, number>;
}

interface Box {
  readonly x: number;
  readonly end: number;
  readonly name: string;
  readonly parent: Box | null;
}

/** @param nameOf applied to every name before it is summed */
export function flameSums({ names, levels }: Flamebearer, nameOf = (name: string): string => name): FlameSums {
  const self = new Map<string, number>();
  const withCallees = new Map<string, number>();
  const add = (sums: Map<string, number>, name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value);
  let nodes = 0;
  let above: Box[] = [];
  levels.forEach((level, depth) => {
    const boxes: Box[] = [];
    let end = 0;
    let parentAt = 0;
    for (let at = 0; at < level.length; at += 4) {
      const x = end + (level[at] ?? 0);
      const total = level[at + 1] ?? 0;
      end = x + total;
      // An average of less than one is a box without width: it could lie under either neighbour.
      if (total === 0) continue;
      while (depth > 0 && (above[parentAt]?.end ?? Number.POSITIVE_INFINITY) <= x) parentAt++;
      const parent = depth === 0 ? null : (above[parentAt] ?? null);
      if (depth > 0 && (parent === null || x < parent.x || end > parent.end))
        throw new Error(`the box at ${x}..${end} of level ${depth} lies under no box`);
      const name = nameOf(names[level[at + 3] ?? -1] ?? "");
      boxes.push({ x, end, name, parent });
      if (depth === 0) continue;
      nodes++;
      if ((level[at + 2] ?? 0) > 0) add(self, name, level[at + 2] ?? 0);
      if (!isInStack(parent, name)) add(withCallees, name, total);
    }
    above = boxes;
  });
  return { total: levels[0]?.[1] ?? 0, nodes, self, withCallees };
}

/** The root is no function, whatever it is called. */
function isInStack(from: Box | null, name: string): boolean {
  for (let box = from; box !== null && box.parent !== null; box = box.parent) if (box.name === name) return true;
  return false;
}

/** The five largest values, and the value of each function that the truth lists: among equals the names may be others. */
export function topOf(sums: ReadonlyMap<string, number>, listed: readonly (readonly [string, string])[]) {
  const largest = [...sums.values()].sort((a, b) => b - a);
  return {
    values: largest.slice(0, 5).map(String),
    named: Object.fromEntries(listed.map(([name]) => [name, String(sums.get(name) ?? 0)])),
  };
}
