// Exemplars: of what a point or a cell is the sum of, the heaviest single one, and how to ask for its flame graph.
//
//   individual   a node of one series: what its uploads of 10 s (or of a minute and more, where those are gone) add up to.
//                Its profile id is made up from where it lies, so that nothing is stored for it:
//                start / 10 (4 bytes) | rung (1) | hash of service and labels, between the marks of a UUID of version 8
//   span         what was sampled in one span within 10 s
import type { MessageInitShape } from "@bufbuild/protobuf";
import { RUNGS, SLOT_SECONDS } from "../../config.ts";
import { type ExemplarSchema, ExemplarType } from "../../connect/gen/types/v1/types_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { fromHex, toHex } from "../../lib/hex.ts";
import { compareUtf8 } from "../../lib/utf8-order.ts";
import { type LabelSet, labelKey } from "../../profile/labels.ts";
import { splitSpan } from "../../profile/spans.ts";
import { int64 } from "./int64.ts";
import type { SeenNode } from "./time-series.ts";

export type Exemplar = MessageInitShape<typeof ExemplarSchema> & { readonly value: bigint };

export type ExemplarKind = "none" | "individual" | "span";

/** @throws AppError invalid_argument */
export function exemplarKindOf(type: ExemplarType): ExemplarKind {
  switch (type) {
    case ExemplarType.UNSPECIFIED:
    case ExemplarType.NONE:
      return "none";
    case ExemplarType.INDIVIDUAL:
      return "individual";
    case ExemplarType.SPAN:
      return "span";
    default:
      throw invalidArgument(`unknown exemplar type: ${Number(type)}`);
  }
}

/** What weighs nothing is no exemplar. */
const NOTHING = { low: 0, high: 0 };

/** The heaviest of each place, whatever a place is. */
export class HeaviestExemplars {
  readonly #byPlace = new Map<string, SeenNode>();
  readonly #groupBy: ReadonlySet<string>;

  constructor(groupBy: readonly string[]) {
    this.#groupBy = new Set(groupBy);
  }

  add(place: string, node: SeenNode): void {
    const { low, high } = this.#byPlace.get(place) ?? NOTHING;
    if (node.high > high || (node.high === high && node.low > low)) this.#byPlace.set(place, node);
  }

  /** At most one. */
  at(place: string): Exemplar[] {
    const node = this.#byPlace.get(place);
    if (node === undefined) return [];
    const value = int64((BigInt(node.high) << 52n) + BigInt(node.low));
    const { series, span, trace } = splitSpan(node.labels);
    const isSpan = span !== "" || trace !== "";
    const labels = series
      .filter(([name]) => !this.#groupBy.has(name))
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([name, text]) => ({ name, value: text }));
    const ids = isSpan ? { spanId: span, traceId: trace } : { profileId: profileIdOf(node.target.app.service, node) };
    return [{ timestamp: BigInt(node.at) * 1000n, value, labels, ...ids }];
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function profileIdOf(service: string, { at, rung, labels }: Pick<SeenNode, "at" | "rung" | "labels">): string {
  const id = new Uint8Array(16);
  const view = new DataView(id.buffer);
  view.setUint32(0, at / SLOT_SECONDS);
  id[4] = RUNGS.findIndex((width) => width === rung);
  const hash = hashOf(service, labels);
  id[5] = hash[0] ?? 0;
  id[6] = 0x80 | ((hash[1] ?? 0) & 0x0f);
  id[7] = hash[2] ?? 0;
  id[8] = 0x80 | ((hash[3] ?? 0) & 0x3f);
  id.set(hash.subarray(4, 11), 9);
  const hex = toHex(id);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Where the profile of an id lies. */
export interface ProfilePlace {
  readonly from: number;
  readonly until: number;
  /** Whether a series is the one that the id was made of. */
  isOf(service: string, labels: LabelSet): boolean;
}

/** @throws AppError invalid_argument for what is no UUID; null for one that is none of ours */
export function placeOfProfile(id: string): ProfilePlace | null {
  if (!UUID.test(id)) throw invalidArgument(`invalid profile id ${JSON.stringify(id.slice(0, 100))}: expected a UUID`);
  const bytes = fromHex(id.toLowerCase().replaceAll("-", ""));
  const rung = RUNGS[bytes[4] ?? RUNGS.length];
  if (rung === undefined || (bytes[6] ?? 0) >> 4 !== 8) return null;
  const from = new DataView(bytes.buffer).getUint32(0) * SLOT_SECONDS;
  const isOf = (service: string, labels: LabelSet) =>
    profileIdOf(service, { at: from, rung, labels }) === id.toLowerCase();
  return { from, until: from + rung, isOf };
}

/** 88 bits that tell an app's series apart; not a secret. */
function hashOf(service: string, labels: LabelSet): Uint8Array {
  const bytes = new TextEncoder().encode(`${service}\u0002${labelKey(labels)}`);
  const words = Uint32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b);
  for (const byte of bytes)
    for (const [k, word] of words.entries())
      words[k] = Math.imul(word ^ byte ^ (k * 0x55), 0x01000193 + k * 2) ^ (word >>> 15);
  return new Uint8Array(words.buffer).slice(0, 11);
}

/** Each id is two reads of the store. */
const MOST_PROFILES = 20;

export function requireFewProfiles(ids: readonly string[]): void {
  if (ids.length > MOST_PROFILES)
    throw new AppError(
      "invalid_argument",
      `profile_id_selector: at most ${MOST_PROFILES} ids at once, not ${ids.length}`,
    );
}
