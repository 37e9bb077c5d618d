// Samples of formats with one number per stack.
import type { Limits } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import type { TextTree } from "./text-tree.ts";

export class TextSamples {
  readonly #limits: Limits;
  #nodes = new Int32Array(256);
  #values = new BigInt64Array(256);
  #count = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws AppError profile_too_large */
  add(node: number, value: bigint): void {
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
    }
    this.#nodes[count] = node;
    this.#values[count] = value;
    this.#count++;
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
