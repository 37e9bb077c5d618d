// What a Worker asks an app's object, and what it gets. Plain values and bytes: it crosses an RPC.

import type { TenantLimits } from "../config.ts";
import type { ErrorCode, ErrorFacts } from "../lib/app-error.ts";
import type { Matcher } from "../profile/matcher.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import type { SpanChoice } from "../profile/spans.ts";
import type { DictionarySize } from "../profile/stack-dictionary.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import type { ShardMap } from "../segment/shard-map.ts";
import type { OverRate } from "./rate-gate.ts";

/** Of several attempts with one id the first that is stored counts, for as long as the id is kept. */
export interface UploadId {
  /** ID_LENGTH hexadecimal digits of a hash. */
  readonly id: string;
  readonly keepSeconds: number;
}

/** What the tenant allows, as the sender of the request knows it. */
export type AppendTerms = Pick<
  TenantLimits,
  "typesPerApp" | "ingestBytesPerSecond" | "ingestBurstBytes" | "profilesPerSecond" | "profilesBurst" | "overload"
>;

/** Uploads over the rate were counted without their stacks. */
export interface ShedFacts extends OverRate {
  readonly uploads: number;
}

export interface AppendRequest {
  readonly tenant: string;
  readonly service: string;
  readonly shard: number;
  /** Profile types in the batch, so that the object need not decode it to know a new one. */
  readonly types: readonly TypeInfo[];
  /** BatchWriter, of one upload */
  readonly batch: Uint8Array<ArrayBuffer>;
  /** What the upload is known by: it is a duplicate when one of them was stored. Empty: it always counts. */
  readonly ids: readonly UploadId[];
  /** Hash of the series' labels: where the upload belongs, whatever the count. */
  readonly route: number;
  /** What the sender went by when it chose the shard. */
  readonly map: ShardMap;
  /** Absent: no limits but those of config.ts. */
  readonly terms?: AppendTerms;
  /** Of the profile as sent: what it costs of the tenant's rate. */
  readonly bytes?: number;
  /** The sender knew that it is over the rate, and has left the stacks out. */
  readonly isShed?: boolean;
}

/** `stored` and `duplicate` both say: the upload is durable, once. `map changed`: ask again by the newer map. */
export type AppendAnswer =
  | { readonly kind: "stored"; readonly shed?: ShedFacts }
  | { readonly kind: "duplicate" }
  | { readonly kind: "map changed"; readonly map: ShardMap };

/** Asks a shard of an older map which uploads it has; whatever it says, it takes none by that older map any more. */
export interface ForgoRequest {
  readonly ids: readonly string[];
  readonly map: ShardMap;
}

export type ForgoAnswer =
  | { readonly kind: "forgone" /** Those that are stored here. */; readonly stored: readonly string[] }
  | { readonly kind: "map changed"; readonly map: ShardMap };

export interface AppendManyRequest extends Omit<AppendRequest, "ids" | "route" | "isShed"> {
  /** What each upload of the batch is known by: ID_LENGTH hexadecimal digits, or "" for an upload that always counts. */
  readonly uploadIds: readonly string[];
  /** Of each. */
  readonly keepSeconds: readonly number[];
  /** Of each upload. */
  readonly routes: readonly number[];
}

/** All uploads of the batch are durable, once: those that are by this request, and those that were before. */
export type AppendManyAnswer =
  | { readonly kind: "stored"; readonly stored: number; readonly duplicates: number; readonly shed?: ShedFacts }
  | { readonly kind: "map changed"; readonly map: ShardMap };

export interface TimelineRange {
  /** Unix seconds, multiples of the rung (of 10 for rung 0). */
  readonly from: number;
  readonly until: number;
  readonly rung: number;
  /** The labels that the asker groups by: of very many series nothing else may be told apart. */
  readonly keep: readonly string[];
}

export interface LiveQuery {
  /** Unix seconds, multiples of 10. */
  readonly from: number;
  readonly until: number;
  /** Only series of this profile type; null for all. */
  readonly typeId: string | null;
  readonly matchers: readonly Matcher[];
  /** Whether to add up the trees. */
  readonly tree: boolean;
  /** Only what was sampled in these spans: then series are told apart by span as well, with the ids among their labels. */
  readonly spans?: SpanChoice;
  /** Series come with totals per node of `rung`, or with one total over the range for rung 0; null: none. */
  readonly timeline: TimelineRange | null;
  /** All series of the timeline apart, with all of their labels; where they are too many, a refusal. */
  readonly areWhole?: boolean;
  /** What of the dictionary the asker has. */
  readonly known: { readonly epoch: number; readonly size: DictionarySize } | null;
}

export interface LiveAnswer {
  readonly epoch: number;
  /** Parts up to this one are in the catalog and not in this answer; later ones are in the answer. */
  readonly sealedThrough: number;
  /** Every reader at or after this D1 bookmark sees those parts. */
  readonly bookmark: string | null;
  /** The part of the dictionary the asker lacks. Null when no tree was asked for. */
  readonly dictionary: Uint8Array | null;
  readonly tree: {
    readonly vector: Uint8Array;
    readonly totalLow: number;
    readonly totalHigh: number;
    readonly uploads: number;
  } | null;
  readonly series: readonly SeriesSums[];
  /** Newest slot with data, unix seconds, or null. */
  readonly lastSlot: number | null;
}

/** An AppError on its way across the RPC, which keeps only an error's message. */
export interface LiveRefusal {
  readonly refused: { readonly code: ErrorCode; readonly message: string; readonly facts: ErrorFacts };
}

/** Counters of an object since it began. */
export interface ObjectStats {
  readonly sealFailures: number;
  readonly alarmFailures: number;
  readonly lateParts: number;
  /** Uploads put aside because they can't be folded. */
  readonly quarantined: number;
}

/** Parts up to this one hold all that came before; later ones and this epoch on hold nothing of it. */
export interface Flushed {
  readonly part: number;
  readonly epoch: number;
}
