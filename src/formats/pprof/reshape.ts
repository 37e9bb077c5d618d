// Stacks made shorter or fewer before they are written as pprof.
import { QUESTION } from "../../config.ts";
import { type AppError, invalidArgument } from "../../lib/app-error.ts";
import { WideSums } from "../../lib/wide-sums.ts";
import { FRAME, type StackDictionary } from "../../profile/stack-dictionary.ts";
import { copyParts, type Part } from "./encode-parts.ts";

export interface PgoOptions {
  /** Innermost frames to keep of each stack; 0: all. */
  readonly keepLocations: number;
  /** Whether a function that was being executed counts as one, whatever the line. */
  readonly aggregateCallees: boolean;
}

const refused = (limit: string, actual: number | string, allowed: number, what: string): AppError =>
  invalidArgument(`${what}: at most ${allowed}, not ${actual}`, {
    limit,
    actual,
    allowed,
  });

/**
 * What Go's compiler wants: the ends of stacks. Stacks that become equal are one.
 * @param mostNodes made of the ends: each end is a path of its own
 * @throws AppError invalid_argument
 */
export function forPgo(
  parts: readonly Part[],
  { keepLocations, aggregateCallees }: PgoOptions,
  mostNodes: number = QUESTION.pgoNodes,
): Part {
  if (keepLocations < 0 || keepLocations > QUESTION.pgoFrames)
    throw refused("pgoFrames", keepLocations, QUESTION.pgoFrames, "go_pgo.keep_locations");
  const merged = copyParts(parts);
  const { stacks } = merged;
  const nodesBefore = stacks.nodes.count;
  const most = keepLocations === 0 ? Number.POSITIVE_INFINITY : keepLocations;
  return moveValues(merged, (node) => {
    const frames: number[] = [];
    for (let at = node; at > 0 && frames.length < most; at = stacks.parentOf(at)) frames.push(stacks.frameOf(at));
    if (stacks.nodes.count - nodesBefore > mostNodes)
      throw refused("pgoNodes", `over ${mostNodes}`, mostNodes, "nodes of stacks' ends; ask for a shorter range");
    if (aggregateCallees && frames.length > 0) frames[0] = withoutLine(stacks, frames[0]!);
    return frames.reduceRight((above, frame) => stacks.child(above, frame), 0);
  });
}

function withoutLine({ frames }: StackDictionary, frame: number): number {
  if (frames.at(frame, FRAME.function) === 0 || frames.at(frame, FRAME.line) === 0) return frame;
  const row = [0, 1, 2, 3, 4].map((column) => (column === FRAME.line ? 0 : frames.at(frame, column)));
  return frames.intern(row);
}

/**
 * Leaves the heaviest nodes; what is below them goes into a function `other`.
 * @param leastOf from the totals of all nodes that have some, the least that is kept
 */
export function cutStacks(parts: readonly Part[], leastOf: (totals: Float64Array) => number): Part {
  const merged = copyParts(parts);
  const { stacks, values } = merged;
  const totals = new Float64Array(stacks.nodes.count);
  for (let node = totals.length - 1; node > 0; node--) {
    totals[node]! += values.approx(node);
    totals[stacks.parentOf(node)]! += totals[node]!;
  }
  const least = leastOf(totals.filter((total) => total > 0));
  const name = stacks.strings.internText("other");
  const other = stacks.frames.intern([stacks.functions.intern([name, 0, 0, 0]), 0, 0, 0, 0]);
  return moveValues(merged, (node) => {
    if (totals[node]! >= least) return node;
    let above = stacks.parentOf(node);
    while (above > 0 && totals[above]! < least) above = stacks.parentOf(above);
    return stacks.child(above, other);
  });
}

/** @param to where a node's value goes; may make nodes */
function moveValues({ stacks, values }: Part, to: (node: number) => number): Part {
  const targets = new Int32Array(values.length);
  for (let node = 0; node < targets.length; node++) if (!values.isZero(node)) targets[node] = to(node);
  const moved = new WideSums(stacks.nodes.count);
  for (let node = 0; node < targets.length; node++) {
    if (values.isZero(node)) continue;
    moved.addFrom(targets[node]!, values, node);
  }
  return { stacks, values: moved };
}
