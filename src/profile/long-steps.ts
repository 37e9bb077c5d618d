// Where a place of very many inlined lines leads from a node of the call tree: looked up once for each node, so that a byte of a
// stack never costs as many steps as the place that it names has lines.
import { TupleTable } from "../lib/tuple-table.ts";

/** More lines than compilers put into most places. */
const MANY_LINES = 4;

const NO_ENDS = new Int32Array(0);

export class LongSteps {
  /** Made at the first step: most profiles have none. */
  #steps: TupleTable | null = null;
  #ends = NO_ENDS;
  #count = 0;

  /** Whether so many lines are worth remembering. */
  static isLong(lines: number): boolean {
    return lines > MANY_LINES;
  }

  /**
   * @param walk goes down from the node; the node tells the depth, so that the same place always leads to the same node
   * @returns the node at the end
   */
  end(node: number, place: number, walk: () => number): number {
    this.#steps ??= new TupleTable(2, 0);
    const step = this.#steps.internPair(node, place);
    if (step < this.#count) return this.#ends[step]!;
    if (step === this.#ends.length) {
      const grown = new Int32Array(Math.max(16, step * 2));
      grown.set(this.#ends);
      this.#ends = grown;
    }
    const end = walk();
    this.#ends[step] = end;
    this.#count = step + 1;
    return end;
  }
}
