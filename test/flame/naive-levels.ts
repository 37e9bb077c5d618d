// A second flamebearer encoder, for comparison, and a decoder. Slow and recursive on purpose.
import type { Stack } from "./any-tree.ts";

/** The same rules written as recursion over maps, for one side or two. */
export interface Naive {
  readonly self: number[];
  readonly total: number[];
  readonly children: Map<string, Naive>;
}

export function naiveTree(sides: readonly (readonly Stack[])[]): Naive {
  const fresh = (): Naive => ({ self: sides.map(() => 0), total: sides.map(() => 0), children: new Map() });
  const root = fresh();
  sides.forEach((stacks, side) => {
    for (const [frames, value] of stacks) {
      let node = root;
      node.total[side]! += Number(value);
      for (const frame of frames) {
        const next = node.children.get(frame) ?? fresh();
        node.children.set(frame, next);
        node = next;
        node.total[side]! += Number(value);
      }
      node.self[side]! += Number(value);
    }
  });
  return root;
}

export function naiveEncode(root: Naive, maxNodes: number) {
  const totals: number[] = [];
  const collect = (node: Naive): void => {
    totals.push(Math.max(...node.total));
    node.children.forEach(collect);
  };
  collect(root);
  totals.sort((a, b) => b - a);
  const threshold = maxNodes < 1 || totals.length <= maxNodes ? 0 : totals[maxNodes - 1]!;

  const rows: { x: number[]; total: number[]; self: number[]; name: string }[][] = [];
  const names: string[] = [];
  const place = (node: Naive, name: string, x: number[], depth: number): void => {
    if (!names.includes(name)) names.push(name);
    rows[depth] ??= [];
    rows[depth].push({ x, total: node.total, self: node.self, name });
    const sorted = [...node.children].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const kept = sorted.filter(([child, { total }]) => child !== "other" && Math.max(...total) >= threshold);
    const cut = sorted.filter((child) => !kept.includes(child));
    const other = node.self.map((_, side) => cut.reduce((sum, [, child]) => sum + child.total[side]!, 0));
    if (other.some((sum) => sum !== 0)) kept.push(["other", { self: other, total: other, children: new Map() }]);
    let left = x.map((start, side) => start + node.self[side]!);
    const places = kept.map(([child, below]) => {
      const at = left;
      left = left.map((start, side) => start + below.total[side]!);
      return () => place(below, child, at, depth + 1);
    });
    for (const go of places.reverse()) go(); // right-most first, which numbers the names
  };
  place(
    root,
    "total",
    root.self.map(() => 0),
    0,
  );

  const levels = rows.map((row) => {
    const ends = root.self.map(() => 0);
    const starts = [...row].reverse(); // were placed right to left
    return starts.flatMap(({ x, total, self, name }) => [
      ...x.flatMap((start, side) => {
        const step = start - ends[side]!;
        ends[side] = start + total[side]!;
        return [step, total[side]!, self[side]!];
      }),
      names.indexOf(name),
    ]);
  });
  const maxSelf = Math.max(...rows.flat().flatMap(({ self }) => self));
  return { names, levels, maxSelf };
}

/** Boxes of a single flamebearer: [depth, left, total, self, name]. */
export function decode({ names, levels }: { names: readonly string[]; levels: readonly (readonly number[])[] }) {
  return levels.flatMap((level, depth) => {
    let end = 0;
    return Array.from({ length: level.length / 4 }, (_, k) => {
      const [step, total, self, name] = level.slice(k * 4, k * 4 + 4) as [number, number, number, number];
      const left = end + step;
      end = left + total;
      return { depth, left, total, self, name: names[name]! };
    });
  });
}
