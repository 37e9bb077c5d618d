// What every format decodes to: one call tree and its samples, as parallel arrays.
import type { LabelSet } from "./labels.ts";
import type { ProfileSpans } from "./spans.ts";
import type { StackDictionary } from "./stack-dictionary.ts";
import type { UploadNote } from "./upload-note.ts";

export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

export interface Profile {
  readonly sampleTypes: readonly ValueType[];
  /** Empty strings when the profile has none. */
  readonly periodType: ValueType;
  readonly period: bigint;
  /** Unix nanoseconds, 0n when absent. */
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  /** The call tree of this profile alone. Node 0 is the root; a parent's id is below its child's. */
  readonly stacks: StackDictionary;
  /** Node of each sample's innermost frame. Samples may repeat a node. */
  readonly sampleNodes: Int32Array;
  /** Row-major: sample s, type t at s * sampleTypes.length + t. Never negative. */
  readonly sampleValues: BigInt64Array;
  /** Index into labelSets for each sample. */
  readonly sampleLabels: Int32Array;
  /** Distinct string labels of samples, name-sorted. At least one (maybe empty) set when there are samples. */
  readonly labelSets: readonly LabelSet[];
  /** Absent where the decoder knows of none but what label sets say. */
  readonly spans?: ProfileSpans;
  readonly notes: readonly UploadNote[];
}
