// What the write path makes of one upload before it goes to the app's object: one call tree and
// the series that were found in it, each a sparse vector over the tree's nodes.
import type { LabelSet } from "../profile/labels.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import type { SpanVector } from "../segment/batch-spans.ts";

export interface UploadSeries {
  readonly type: TypeInfo;
  /** Without service_name, which is the app. */
  readonly labels: LabelSet;
  /** Ascending, distinct node ids of the upload's own dictionary. */
  readonly nodes: Int32Array;
  /** Self value of nodes[i]: high[i] * 2^52 + low[i]; high is null when all are below 2^52. Never zero. */
  readonly low: Float64Array;
  readonly high: Float64Array | null;
  /** Parts of the above that are known by a span; absent for none. */
  readonly spans?: readonly SpanVector[];
}

export interface DecodedUpload {
  readonly service: string;
  /** Start of the 10 s slot it belongs to, unix seconds. */
  readonly slot: number;
  readonly stacks: StackDictionary;
  readonly series: readonly UploadSeries[];
  readonly notes: readonly UploadNote[];
  /** Whether the body says to the fraction of a second when it was made, so that two equal ones are surely one that was sent twice. */
  readonly carriesTime: boolean;
  /** Its stacks were left out already. */
  readonly isShed?: boolean;
}
