// GET /render-diff: two questions over one merged tree.
import type { RenderDiffResponse } from "../api/render-diff.ts";
import { encodeDiff } from "../flame/diff.ts";
import { type FocusPath, focusFacts } from "../flame/focus.ts";
import type { MeasuredTree } from "../flame/stack-tree.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { parseTimeForm } from "../lib/time-form.ts";
import type { Aggregation } from "../profile/profile-type.ts";
import { drawnAs } from "../profile/profile-type.ts";
import type { Answer } from "./answer.ts";
import { renderedDiffHtml } from "./html.ts";
import { parseFocus, parseMaxNodes, parseRange, type Range, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { appsOf, type ResolvedQuery, resolveQuery } from "./resolve.ts";
import { type Selection, select, treeOf } from "./select.ts";

interface Side {
  readonly resolved: ResolvedQuery;
  readonly range: Range;
  readonly selection: Selection;
}

interface Pruning {
  readonly maxNodes: number;
  readonly path: FocusPath;
}

type SideName = "left" | "right";

async function readSide(ports: QueryPorts, query: URLSearchParams, side: SideName): Promise<Side> {
  const text = query.get(`${side}Query`) ?? "";
  if (text === "") throw invalidArgument(`"${side}Query" is required`);
  const resolved = await resolveQuery(ports, text);
  const names = [`${side}From`, `${side}Until`];
  const [from, until] = names.map((name) => query.get(name) ?? undefined);
  const asked = parseRange(from, until, ports.clock(), names);
  requireShort(asked, ports.limits);
  const range = coveredRange(asked, appsOf(resolved));
  return { resolved, range, selection: await select(ports, resolved, range, { tree: true, timeline: null }) };
}

/** The old API: gauges are averaged; units and sample rates of both sides must agree. */
export async function renderDiffOld(ports: QueryPorts, query: URLSearchParams): Promise<Answer> {
  const format = query.get("format") ?? "json";
  if (!["", "json", "html"].includes(format))
    throw invalidArgument(`unknown format ${JSON.stringify(format)}; known: json, html`);
  const pruning = { maxNodes: parseMaxNodes(query, ports.limits), path: parseFocus(query) };
  const left = await readSide(ports, query, "left"); // one after the other: six calls may be open
  const right = await readSide(ports, query, "right");
  requireSame("units", left.selection.type?.units, right.selection.type?.units);
  requireSame("sample rate", left.selection.type?.sampleRate, right.selection.type?.sampleRate);
  const type = left.selection.type ?? right.selection.type;
  const aggregation = type?.aggregation ?? "sum";
  const body = diffBody(left, right, aggregation, pruning, {
    ...drawnAs(type),
    name: "",
  });
  if (format !== "html") return { kind: "json", body };
  return renderedDiffHtml(body, { left: left.resolved.text, right: right.resolved.text });
}

function requireSame(what: string, left: string | number | undefined, right: string | number | undefined): void {
  if (left === undefined || right === undefined || left === right) return;
  throw invalidArgument(`left ${what} (${left}) does not match right ${what} (${right})`);
}

/** Pyroscope 2's: the profile types must be the same, both ranges must be given, values are sums. */
export async function renderDiffV2(ports: QueryPorts, query: URLSearchParams): Promise<Answer> {
  for (const name of ["leftFrom", "leftUntil", "rightFrom", "rightUntil"]) {
    const text = query.get(name) ?? "";
    if (text === "" || parseTimeForm(text, ports.clock()) === 0)
      throw invalidArgument(`missing time range: "${name}" is required`);
  }
  const pruning = { maxNodes: parseMaxNodes(query, ports.limits), path: parseFocus(query) };
  const left = await readSide(ports, query, "left"); // one after the other: six calls may be open
  const right = await readSide(ports, query, "right");
  if (left.resolved.appName !== right.resolved.appName) throw invalidArgument("profile types must match");
  const { units, sampleRate, name } = metadataV2(left.resolved.appName);
  return { kind: "json", body: diffBody(left, right, "sum", pruning, { spyName: "", sampleRate, units, name }) };
}

/** Units as Pyroscope 2 words them, from the profile type id. */
export function metadataV2(typeId: string): { units: string; sampleRate: number; name: string } {
  const [, sampleType = "", sampleUnit = ""] = typeId.split(":");
  if (["inuse_objects", "alloc_objects", "goroutine", "samples"].includes(sampleType)) {
    return { units: "objects", sampleRate: 100, name: sampleType };
  }
  if (sampleType === "cpu") return { units: "samples", sampleRate: 1_000_000_000, name: sampleType };
  return { units: sampleUnit, sampleRate: 100, name: sampleType };
}

function diffBody(
  left: Side,
  right: Side,
  aggregation: Aggregation,
  { maxNodes, path }: Pruning,
  metadata: { spyName: string; sampleRate: number; units: string; name: string },
): RenderDiffResponse {
  const trees = [left, right].map(({ selection }) => treeOf(selection, aggregation, path)) as [
    MeasuredTree,
    MeasuredTree,
  ];
  const diff = encodeDiff(...trees, maxNodes, path);
  const { names, levels, numTicks, maxSelf, leftTicks, rightTicks, ...hidden } = diff;
  const side = ({ range, selection }: Side) => ({ ...range, uploads: selection.uploads, lastSeen: selection.lastSlot });
  return {
    version: 1,
    flamebearer: { names, levels, numTicks, maxSelf },
    metadata: { format: "double", ...metadata },
    timeline: null,
    groups: null,
    leftTicks,
    rightTicks,
    edgeflame: { left: side(left), right: side(right), ...hidden, focus: focusOfSides(trees, path), aggregation },
  };
}

function focusOfSides(trees: readonly [MeasuredTree, MeasuredTree], path: FocusPath) {
  if (path.length === 0) return null;
  const [left, right] = [focusFacts(trees[0], path), focusFacts(trees[1], path)];
  return {
    path,
    matched: Math.max(left.matched, right.matched),
    found: left.found || right.found,
    leftTotal: left.total,
    rightTotal: right.total,
  };
}
