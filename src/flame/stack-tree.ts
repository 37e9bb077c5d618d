// A call tree of names: what a query ends in, whatever dictionaries its parts came from.
//
// Node 0 is the root, called "total". A parent comes before its children, so a backward loop
// visits children first. Siblings have distinct names; they lie in no particular order.
import { WideSums } from "../lib/wide-sums.ts";

export interface StackTree {
  /** Distinct frame names; names[0] is "total". */
  readonly names: readonly string[];
  readonly parent: Int32Array;
  /** Index into names. */
  readonly name: Int32Array;
  /** Exact self value of each node. */
  readonly self: WideSums;
}

/** A tree and the total of each node: its self value and those below it, until an average divides both. */
export interface MeasuredTree extends StackTree {
  readonly total: WideSums;
}

export const ROOT_NAME = "total";

export const EMPTY_TREE: StackTree = {
  names: [ROOT_NAME],
  parent: Int32Array.of(-1),
  name: Int32Array.of(0),
  self: new WideSums(1),
};
