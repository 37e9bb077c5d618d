// Chrome's and Node's `.cpuprofile`: a call tree, and the node that was running at each tick.
//
//   {"nodes": [{"id", "callFrame": {"functionName", "url", "lineNumber"}, "hitCount", "children": [id …]} …],
//    "samples": [node id …], "timeDeltas": [µs since the tick before …], "startTime", "endTime"}
//
// A tick's time runs to the next one. Old files have a tree instead of a list (`head`, children as nodes) and counts alone.
import type { Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import { type Json, parseJson, recordOf } from "./json-file.ts";
import { TextTree } from "./text-tree.ts";

interface FileNode {
  readonly id: number;
  readonly frame: string;
  readonly hits: number;
  readonly children: readonly number[];
}

const UTF8 = new TextEncoder();
const ROOT_FRAME = "(root)";

/** @throws AppError malformed_profile, profile_too_large */
export function decodeCpuProfile(bytes: Uint8Array, limits: Limits): Profile {
  return profileOf(recordOf(parseJson(bytes, "cpuprofile", limits), "cpuprofile: file"), limits);
}

function profileOf(file: Json, limits: Limits): Profile {
  const nodes = nodesOf(file, limits);
  const tree = new TextTree(limits);
  const treeNodeOf = placeNodes(nodes, tree);
  const { ids, micros } = ticksOf(file, nodes, limits);
  const values = new BigInt64Array(ids.length * 2);
  const sampleNodes = Int32Array.from(ids, (id) => {
    const node = treeNodeOf.get(id);
    if (node === undefined) throw malformed(`cpuprofile: a sample is of node ${id}, which is not there`);
    return node;
  });
  ids.forEach((_, i) => {
    values[2 * i] = micros === null ? BigInt(nodes.get(ids[i] ?? 0)?.hits ?? 0) : 1n;
    values[2 * i + 1] = BigInt(micros?.[i] ?? 0);
  });
  return {
    sampleTypes: [
      { type: "samples", unit: "count" },
      { type: "wall", unit: "microseconds" },
    ],
    periodType: { type: "", unit: "" },
    period: 0n,
    timeNanos: 0n,
    durationNanos: 0n,
    stacks: tree.stacks,
    sampleNodes,
    sampleValues: values,
    sampleLabels: new Int32Array(ids.length),
    labelSets: [[]],
    notes: tree.notes(),
  };
}

function nodesOf(file: Json, limits: Limits): Map<number, FileNode> {
  const nodes = new Map<number, FileNode>();
  const list = Array.isArray(file["nodes"]) ? (file["nodes"] as unknown[]) : flattened(file["head"], limits);
  if (list.length > limits.nodesPerProfile)
    throw tooLarge("nodesPerProfile", list.length, limits.nodesPerProfile, "the profile has too many call-tree nodes");
  for (const entry of list) {
    const node = recordOf(entry, "cpuprofile: node");
    const id = wholeOf(node["id"], "a node's id");
    if (nodes.has(id)) throw malformed(`cpuprofile: two nodes have the id ${id}`);
    const children = Array.isArray(node["children"]) ? node["children"] : [];
    nodes.set(id, {
      id,
      frame: frameOf(node),
      hits: node["hitCount"] === undefined ? 0 : wholeOf(node["hitCount"], "hitCount"),
      children: children.map((child) =>
        wholeOf(typeof child === "object" ? recordOf(child, "cpuprofile: node")["id"] : child, "a child"),
      ),
    });
  }
  if (nodes.size === 0) throw malformed("cpuprofile: there are no nodes");
  return nodes;
}

/** The nodes of a tree of objects. */
function flattened(head: unknown, limits: Limits): unknown[] {
  const found: unknown[] = head === undefined ? [] : [head];
  for (let at = 0; at < found.length && found.length <= limits.nodesPerProfile; at++) {
    const { children } = recordOf(found[at], "cpuprofile: node") as { children?: unknown };
    if (Array.isArray(children)) for (const child of children) found.push(child);
  }
  return found;
}

/** Each node once, from those that are nobody's child downwards: what is its own ancestor is never reached. */
function placeNodes(nodes: ReadonlyMap<number, FileNode>, tree: TextTree): Map<number, number> {
  const isChild = new Set<number>();
  for (const { children } of nodes.values()) {
    for (const child of children) {
      if (!nodes.has(child)) throw malformed(`cpuprofile: node ${child} is a child and is not there`);
      if (isChild.has(child)) throw malformed(`cpuprofile: node ${child} has two parents`);
      isChild.add(child);
    }
  }
  const placed = new Map<number, number>();
  const queue: { id: number; above: number; depth: number }[] = [];
  for (const id of nodes.keys()) if (!isChild.has(id)) queue.push({ id, above: 0, depth: 0 });
  for (const { id, above, depth } of queue) {
    const node = nodes.get(id);
    if (node === undefined) continue;
    const isRoot = above === 0 && depth === 0 && node.frame === ROOT_FRAME;
    const name = UTF8.encode(node.frame);
    const own = isRoot ? 0 : tree.child(above, depth, name, 0, name.length);
    placed.set(id, own);
    for (const child of node.children) queue.push({ id: child, above: own, depth: isRoot ? 0 : depth + 1 });
  }
  return placed;
}

/** `url:function:line`, as Node's agents name frames; what has no file is its name. */
function frameOf(node: Json): string {
  const call = recordOf(node["callFrame"] ?? node, "cpuprofile: callFrame");
  const name =
    typeof call["functionName"] === "string" && call["functionName"] !== "" ? call["functionName"] : "(anonymous)";
  const url = typeof call["url"] === "string" ? call["url"].replace(/^file:\/\//, "") : "";
  if (url === "") return name;
  const line =
    typeof call["lineNumber"] === "number" ? call["lineNumber"] + (node["callFrame"] === undefined ? 0 : 1) : 0;
  return `${url}:${name}:${line}`;
}

function ticksOf(
  file: Json,
  nodes: ReadonlyMap<number, FileNode>,
  limits: Limits,
): { ids: readonly number[]; micros: readonly number[] | null } {
  const { samples, timeDeltas } = file as { samples?: unknown; timeDeltas?: unknown };
  if (!Array.isArray(samples))
    return { ids: [...nodes.values()].filter(({ hits }) => hits > 0).map(({ id }) => id), micros: null };
  if (samples.length > limits.samplesPerProfile)
    throw tooLarge("samplesPerProfile", samples.length, limits.samplesPerProfile, "the profile has too many samples");
  const ids = samples.map((id) => wholeOf(id, "a sample"));
  const deltas = Array.isArray(timeDeltas) ? timeDeltas : [];
  // Clocks step back by microseconds now and then: that is no time.
  const micros = ids.map((_, i) => (typeof deltas[i + 1] === "number" ? Math.max(0, Math.trunc(deltas[i + 1])) : 0));
  if (micros.some((one) => one > Number.MAX_SAFE_INTEGER)) throw malformed("cpuprofile: a time delta is too large");
  return { ids, micros };
}

function wholeOf(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(`cpuprofile: ${what} is no whole number`);
}
