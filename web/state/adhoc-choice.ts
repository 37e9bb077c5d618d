// Which file goes where, and which of its graphs is shown. Pure.
import type { FileFacts, GraphFacts } from "../adhoc/file-messages.ts";
import type { Side } from "./page-state.ts";

/** How one file, or two, are looked at. */
export type AdhocLayout = "single" | "comparison" | "diff";

/**
 * Where dropped or chosen files go: the first free side, and with both taken the second, unless one was aimed at. There is no
 * second without a first.
 */
export function placesOf(count: number, isFirstTaken: boolean, aimed: Side | null): Side[] {
  if (count === 0) return [];
  if (count === 1) return [isFirstTaken ? (aimed ?? "right") : "left"];
  return aimed === "right" ? ["right", "left"] : ["left", "right"];
}

/** The graph of `facts` that shows the same as `like`; null when there is none. */
export function sameGraph(facts: FileFacts, like: GraphFacts): number | null {
  const at = facts.graphs.findIndex(({ label, units }) => label === like.label && units === like.units);
  return at < 0 ? null : at;
}

/** What of a second file is shown at first: the same as of the first, else something that can be compared with it, else its own first. */
export function firstGraph(facts: FileFacts, like: GraphFacts | null): number {
  if (like === null) return 0;
  const comparable = facts.graphs.findIndex(({ units, isDifference }) => units === like.units && !isDifference);
  return sameGraph(facts, like) ?? Math.max(0, comparable);
}

/** Why two graphs have no difference; null when they have one. */
export function differenceProblem(left: GraphFacts, right: GraphFacts): string | null {
  if (left.isDifference || right.isDifference) return "One of the files is a difference already.";
  if (left.units !== right.units)
    return `One is in ${left.units || "no unit"}, the other in ${right.units || "no unit"}.`;
  return null;
}
