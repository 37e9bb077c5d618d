// Samples of formats with one number per stack.
import type { Limits } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import type { TextTree } from "./text-tree.ts";

const WORD = 4294967296; // 2^32

export class TextSamples {
  readonly #limits: Limits;
  #nodes = new Int32Array(256);
  #values = new BigInt64Array(256);
  /** The same memory: two words a value, low first. */
  #words = new Int32Array(this.#values.buffer);
  #count = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws AppError profile_too_large */
  add(node: number, value: bigint): void {
    const at = this.#next(node);
    this.#values[at] = value;
  }

  /**
   * The same for whole numbers below 2^53, without a bigint.
   * @throws AppError profile_too_large
   */
  addNumber(node: number, value: number): void {
    const at = this.#next(node);
    this.#words[at * 2] = value;
    this.#words[at * 2 + 1] = value / WORD;
  }

  #next(node: number): number {
    const count = this.#count;
    const { samplesPerProfile } = this.#limits;
    if (count === samplesPerProfile)
      throw tooLarge("samplesPerProfile", `over ${count}`, samplesPerProfile, "the profile has too many stacks");
    if (count === this.#nodes.length) {
      const nodes = new Int32Array(count * 2);
      nodes.set(this.#nodes);
      this.#nodes = nodes;
      const values = new BigInt64Array(count * 2);
      values.set(this.#values);
      this.#values = values;
      this.#words = new Int32Array(values.buffer);
    }
    this.#nodes[count] = node;
    return this.#count++;
  }

  profile(tree: TextTree): Profile {
    const count = this.#count;
    return {
      sampleTypes: [{ type: "samples", unit: "count" }],
      periodType: { type: "", unit: "" },
      period: 0n,
      timeNanos: 0n,
      durationNanos: 0n,
      stacks: tree.stacks,
      sampleNodes: this.#nodes.subarray(0, count),
      sampleValues: this.#values.subarray(0, count),
      sampleLabels: new Int32Array(count),
      labelSets: [[]],
      notes: tree.notes(),
    };
  }
}
