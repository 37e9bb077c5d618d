// A drawn graph → a call tree, from which profiles are written again: pprof, folded text, a comparison.
import type { StackTree } from "../flame/stack-tree.ts";
import { buildTree } from "../flame/tree-builder.ts";
import { encodePprofOfNames } from "../formats/pprof/encode.ts";
import { LIMB, WideSums } from "../lib/wide-sums.ts";
import { type FlameModel, type NodeIndex, ROOT } from "../view/model.ts";

/** pprof and folded text have 63 bits. */
const MOST_VALUE = 2 ** 62;

/** @param under only stacks that begin with the path of this frame */
export function treeOfGraph(model: FlameModel, side: 0 | 1 = 0, under: NodeIndex = ROOT): StackTree {
  const { names, parent, name, sides } = model;
  const self = new WideSums(parent.length);
  const isUnder = new Uint8Array(parent.length);
  (sides[side] ?? sides[0]).self.forEach((value, node) => {
    if (node === under || isUnder[parent[node] ?? ROOT] === 1) isUnder[node] = 1;
    if (isUnder[node] !== 1) return;
    const whole = Math.min(Math.round(value), MOST_VALUE);
    self.add(node, whole % LIMB, Math.floor(whole / LIMB));
  });
  return buildTree({ names, parent, name: Int32Array.from(name), self });
}

export interface GraphUnits {
  /** Of a file with several types the type; else "". */
  readonly label: string;
  readonly units: string;
  /** Samples per second. */
  readonly sampleRate: number;
  /** Unix seconds. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

const UNITS: Readonly<Record<string, readonly [type: string, unit: string]>> = {
  samples: ["samples", "count"],
  objects: ["objects", "count"],
  goroutines: ["goroutine", "count"],
  exceptions: ["exceptions", "count"],
  count: ["count", "count"],
  lock_samples: ["contentions", "count"],
  lock_nanoseconds: ["delay", "nanoseconds"],
  bytes: ["space", "bytes"],
  nanoseconds: ["time", "nanoseconds"],
};

/** Function names and values, which is all that a drawn graph knows. Not compressed. */
export function pprofOfGraph(tree: StackTree, graph: GraphUnits): Uint8Array<ArrayBuffer> {
  const [type, unit] = UNITS[graph.units] ?? [graph.units || "value", graph.units || "count"];
  const isSampled = graph.units === "samples" && graph.sampleRate > 0;
  const { from = 0, until = 0 } = graph;
  return encodePprofOfNames({
    tree,
    sampleType: /^[a-z_]{1,40}$/.test(graph.label) ? graph.label : type,
    unit,
    periodType: isSampled ? "cpu" : "",
    periodUnit: isSampled ? "nanoseconds" : "",
    period: isSampled ? BigInt(Math.round(1e9 / graph.sampleRate)) : 0n,
    timeNanos: nanos(from),
    durationNanos: nanos(until - from),
  });
}

/** Times come from whoever made the share: what is no time is none. */
const nanos = (seconds: number): bigint =>
  seconds > 0 && seconds < 2 ** 33 ? BigInt(Math.round(seconds)) * 1_000_000_000n : 0n;
