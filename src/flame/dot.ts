// A call graph for graphviz: one box per function, the largest by total; an arrow from each function to
// those it calls, dotted where functions between them are not shown. Recursion adds to an arrow once per
// stack, and no function points at itself.
import { TupleTable } from "../lib/tuple-table.ts";
import { compareUtf8 } from "../lib/utf8-order.ts";
import { WideSums } from "../lib/wide-sums.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { type TopTable, topTable } from "./top-table.ts";
import { addExact } from "./totals.ts";
import { walk } from "./walk.ts";

export interface DotOptions {
  /** Below 1: all functions. */
  readonly maxNodes: number;
  /** Unit of the values, such as `nanoseconds`, `bytes` or `samples`. */
  readonly unit: string;
}

export function encodeDot(tree: MeasuredTree, { maxNodes, unit }: DotOptions): string {
  const { names } = tree;
  const table = topTable(tree);
  const shown = largestNames(tree, table, maxNodes);
  const boxOf = new Int32Array(names.length).fill(-1);
  shown.forEach((id, k) => {
    boxOf[id] = k;
  });
  const total = tree.total.approx(0);
  const amount = (value: number): string => `${scaled(value, unit)} (${((100 * value) / (total || 1)).toFixed(2)}%)`;
  const share = (value: number): number => (total === 0 ? 0 : value / total);

  const lines = ['digraph "profile" {', 'node [style=filled fillcolor="#f8f8f8" shape=box]'];
  const facts = [`Total: ${scaled(total, unit)}`, `Showing ${shown.length} of ${table.used.length} functions`];
  lines.push(`L [shape=note fontsize=12 label="${facts.map(escaped).join("\\l")}\\l"]`);
  shown.forEach((id, k) => {
    const self = table.self.approx(id);
    const all = table.total.approx(id);
    const size = 8 + Math.round(16 * Math.sqrt(share(self)));
    const label = `${escaped(names[id]!)}\\n${amount(self)}${all === self ? "" : `\\nof ${amount(all)}`}`;
    lines.push(`N${k + 1} [label="${label}" fontsize=${size}]`);
  });
  const { pairs, weight, through } = edgesOf(tree, boxOf);
  const order = Array.from({ length: pairs.count }, (_, edge) => edge);
  order.sort(
    (a, b) => weight.approx(b) - weight.approx(a) || pairs.at(a, 0) - pairs.at(b, 0) || pairs.at(a, 1) - pairs.at(b, 1),
  );
  for (const edge of order) {
    const value = weight.approx(edge);
    const width = 1 + Math.round(4 * share(value));
    const style = through[edge] === 1 ? " style=dotted" : "";
    const ends = `N${pairs.at(edge, 0) + 1} -> N${pairs.at(edge, 1) + 1}`;
    lines.push(
      `${ends} [label=" ${scaled(value, unit)}" weight=${1 + Math.round(99 * share(value))} penwidth=${width}${style}]`,
    );
  }
  lines.push("}", "");
  return lines.join("\n");
}

function largestNames({ names }: MeasuredTree, { total, used }: TopTable, maxNodes: number): number[] {
  const sorted = [...used].sort((a, b) => total.approx(b) - total.approx(a) || compareUtf8(names[a]!, names[b]!));
  return maxNodes < 1 ? sorted : sorted.slice(0, maxNodes);
}

interface Edges {
  /** (caller's box, callee's box). */
  readonly pairs: TupleTable;
  readonly weight: WideSums;
  /** 1 where every way from caller to callee leads through functions that are not shown. */
  readonly through: Uint8Array;
}

function edgesOf({ parent, name, total }: MeasuredTree, boxOf: Int32Array): Edges {
  const count = parent.length;
  /** The innermost shown frame at or above each node, as a box; −1 when there is none. */
  const nearest = new Int32Array(count).fill(-1);
  const edgeOf = new Int32Array(count).fill(-1);
  const pairs = new TupleTable(2);
  const direct: boolean[] = [];
  for (let node = 1; node < count; node++) {
    const above = parent[node]!;
    const box = boxOf[name[node]!]!;
    const caller = nearest[above]!;
    nearest[node] = box === -1 ? caller : box;
    if (box === -1 || caller === -1 || caller === box) continue;
    const edge = pairs.internPair(caller, box);
    edgeOf[node] = edge;
    direct[edge] ||= boxOf[name[above]!] === caller && above !== 0;
  }
  const weight = new WideSums(pairs.count);
  const open = new Int32Array(pairs.count);
  walk(
    parent,
    (node) => {
      const edge = edgeOf[node]!;
      if (edge !== -1 && open[edge]!++ === 0) addExact(weight, edge, total, node);
    },
    (node) => {
      const edge = edgeOf[node]!;
      if (edge !== -1) open[edge]!--;
    },
  );
  return { pairs, weight, through: Uint8Array.from({ length: pairs.count }, (_, edge) => (direct[edge] ? 0 : 1)) };
}

/** For quoted strings of the dot language. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/\p{Cc}+/gu, " ");
}

function scaled(value: number, unit: string): string {
  if (unit.endsWith("nanoseconds")) return `${(value / 1e9).toFixed(2)}s`;
  if (unit === "bytes") {
    const step = value < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
    return `${step === 0 ? value : (value / 1024 ** step).toFixed(2)}${["B", "kB", "MB", "GB", "TB"][step]}`;
  }
  return unit === "" ? String(value) : `${value} ${unit}`;
}
