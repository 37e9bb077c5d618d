/**
 * Flame graphs from a seed, in the shape of the wire: deterministic, with the skew of real ones (few heavy paths, very
 * many light leaves, names that come again on many stacks).
 */
import type { FlameSource } from "../../web/panel/panel-types.ts";

interface Growing {
  readonly name: number;
  total: number;
  self: number;
  readonly children: Growing[];
}

export interface FlamebearerShape {
  readonly nodeCount: number;
  readonly nameCount: number;
  readonly maxDepth: number;
  readonly seed: number;
}

/** A 32-bit generator (mulberry32): the same numbers everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function anyFlamebearer({ nodeCount, nameCount, maxDepth, seed }: FlamebearerShape): FlameSource {
  const random = seededRandom(seed);
  const root: Growing = { name: 0, total: 0, self: 0, children: [] };
  const grown: { node: Growing; depth: number }[] = [{ node: root, depth: 0 }];
  while (grown.length < nodeCount) {
    // Mostly extend something recent (deep), sometimes anything (wide).
    const back =
      random() < 0.8 ? Math.floor(random() * Math.min(grown.length, 40)) : Math.floor(random() * grown.length);
    const { node, depth } = grown[grown.length - 1 - back]!;
    if (depth >= maxDepth) continue;
    const child: Growing = { name: 1 + Math.floor(random() ** 2 * (nameCount - 1)), total: 0, self: 0, children: [] };
    node.children.push(child);
    grown.push({ node: child, depth: depth + 1 });
  }
  for (const { node } of grown)
    node.self = node.children.length === 0 || random() < 0.2 ? 1 + Math.floor(random() ** 8 * 1e4) : 0;
  root.self = 0;
  // Children were made after their parents.
  for (let at = grown.length - 1; at >= 0; at--) {
    const { node } = grown[at]!;
    node.total = node.self + node.children.reduce((sum, child) => sum + child.total, 0);
  }
  return {
    flamebearer: {
      ...levelsOf(root, maxDepth),
      names: anyNames(nameCount, random),
      numTicks: root.total,
      maxSelf: 10_001,
    },
    metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "generated" },
  };
}

function levelsOf(root: Growing, maxDepth: number): { levels: number[][] } {
  const levels: number[][] = [];
  let row: { node: Growing; x: number }[] = [{ node: root, x: 0 }];
  for (let depth = 0; depth <= maxDepth && row.length > 0; depth++) {
    const level: number[] = [];
    const below: { node: Growing; x: number }[] = [];
    let end = 0;
    for (const { node, x } of row) {
      level.push(x - end, node.total, node.self, node.name);
      end = x + node.total;
      let childX = x + node.self;
      for (const child of node.children) {
        below.push({ node: child, x: childX });
        childX += child.total;
      }
    }
    levels.push(level);
    row = below;
  }
  return { levels };
}

function anyNames(count: number, random: () => number): string[] {
  const packages = [
    "main",
    "runtime",
    "net/http",
    "encoding/json",
    "github.com/acme/orders",
    "github.com/acme/billing/tax",
    "database/sql",
    "sync",
    "bytes",
    "crypto/tls",
    "vendor.example/cache",
  ];
  const verbs = [
    "Read",
    "Write",
    "Handle",
    "Parse",
    "Encode",
    "Lock",
    "Find",
    "Merge",
    "Flush",
    "Serve",
    "Scan",
    "Grow",
  ];
  const nouns = ["Request", "Buffer", "Order", "Node", "Index", "Row", "Stream", "Cache", "Token", "Tree", "Batch"];
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!;
  const names = ["total"];
  while (names.length < count)
    names.push(`${pick(packages)}.(*${pick(nouns)}).${pick(verbs)}${pick(nouns)}${names.length}`);
  return names;
}
