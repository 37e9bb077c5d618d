// speedscope JSON (wire-contract 1.8) → samples per unit over one call tree.
//
//   {"$schema": …, "shared": {"frames": [{"name": …}]}, "profiles": [
//     {"type": "sampled", "name", "unit", "startValue", "samples": [[frame …] …], "weights": [w …]},
//     {"type": "evented", "name", "unit", "startValue", "events": [{"type": "O" | "C", "at", "frame"} …]}]}
//
// Profiles of one name, type, unit and start are one. A sample has two values: the count that Pyroscope keeps (hundredths of a
// unit, whole bytes) and the nanoseconds, which are exact where Pyroscope's own arithmetic overflows or cuts off.
import type { Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import type { LabelSet } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import { type Json, parseJson, recordOf } from "./json-file.ts";
import { TextTree } from "./text-tree.ts";

export type SpeedscopeUnit = "none" | "seconds" | "milliseconds" | "microseconds" | "nanoseconds" | "bytes";

/** Nanoseconds in a unit; `none` counts ticks of 100 Hz, as in Pyroscope. 0: no time. */
const NANOS_IN: Readonly<Record<SpeedscopeUnit, number>> = {
  none: 1e7,
  seconds: 1e9,
  milliseconds: 1e6,
  microseconds: 1e3,
  nanoseconds: 1,
  bytes: 0,
};

const WORD = 4294967296; // 2^32
const SCHEMA = "https://www.speedscope.app/file-format-schema.json";

export interface SpeedscopeFile {
  /** One per unit, over one dictionary. Values: [count, nanoseconds]. Samples are labelled `profile_name`. */
  readonly groups: readonly { readonly unit: SpeedscopeUnit; readonly profile: Profile }[];
  /** Profiles after equal ones were merged. */
  readonly profiles: number;
}

/** @throws AppError malformed_profile, profile_too_large */
export function decodeSpeedscope(bytes: Uint8Array, limits: Limits): SpeedscopeFile {
  const file = recordOf(parseJson(bytes, "speedscope", limits), "speedscope: file");
  if (file.$schema !== SCHEMA) throw malformed("speedscope: $schema is not that of speedscope files");
  const reader = new FileReader(framesOf(file), limits);
  for (const profile of listOf(file.profiles, "profiles")) reader.read(recordOf(profile, "speedscope: profile"));
  return reader.finish();
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`speedscope: ${what} is no list`);
  return value;
}

/** Of anything that JSON can hold: lists may be nested deeper than text can be made of them. */
const shown = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value).slice(0, 100) : typeof value;

function numberOf(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw malformed(`speedscope: ${what} is no number`);
  return value;
}

function framesOf(file: Json): Uint8Array[] {
  const frames = listOf(recordOf(file.shared, "speedscope: shared").frames, "shared.frames");
  return frames.map((frame, i) => {
    const { name } = recordOf(frame, `speedscope: frame ${i}`);
    if (typeof name !== "string") throw malformed(`speedscope: frame ${i} has no name`);
    return UTF8.encode(name);
  });
}

const UTF8 = new TextEncoder();

interface UnitSamples {
  readonly nodes: number[];
  readonly sets: number[];
  /** Pairs of count and nanoseconds; 0 for those that are in `wide`. */
  readonly values: number[];
  /** Above 2^53, by their place in `values`. */
  readonly wide: Map<number, bigint>;
}

class FileReader {
  readonly #frames: readonly Uint8Array[];
  /** Of the tree, by place in `#frames`; 0 for none yet. A long name may be referred to by every other byte. */
  readonly #known: Int32Array;
  readonly #limits: Limits;
  readonly #tree: TextTree;
  readonly #units = new Map<SpeedscopeUnit, UnitSamples>();
  readonly #sets: LabelSet[] = [];
  readonly #setOf = new Map<string, number>();
  readonly #profiles = new Set<string>();
  #samples = 0;
  #entries = 0;

  constructor(frames: readonly Uint8Array[], limits: Limits) {
    this.#frames = frames;
    this.#known = new Int32Array(frames.length);
    this.#limits = limits;
    this.#tree = new TextTree(limits);
  }

  read(profile: Json): void {
    const { type, unit } = profile;
    if (type !== "sampled" && type !== "evented")
      throw malformed(`speedscope: profile type ${shown(type)} is not known`);
    if (typeof unit !== "string" || !Object.hasOwn(NANOS_IN, unit))
      throw malformed(`speedscope: unit ${shown(unit)} is not known`);
    const name = typeof profile.name === "string" ? profile.name : "";
    const start = profile.startValue === undefined ? 0 : numberOf(profile.startValue, "startValue");
    this.#profiles.add(JSON.stringify([name, type, unit, start]));
    let set = this.#setOf.get(name);
    if (set === undefined) {
      set = this.#sets.length;
      this.#setOf.set(name, set);
      this.#sets.push([["profile_name", name]]);
    }
    if (type === "sampled") this.#sampled(profile, unit as SpeedscopeUnit, set);
    else this.#evented(profile, unit as SpeedscopeUnit, set);
  }

  #sampled(profile: Json, unit: SpeedscopeUnit, set: number): void {
    const samples = listOf(profile.samples, "samples");
    const weights = listOf(profile.weights, "weights");
    if (samples.length !== weights.length)
      throw malformed(`speedscope: ${samples.length} samples have ${weights.length} weights`);
    samples.forEach((stack, i) => {
      const weight = numberOf(weights[i], `weight ${i}`);
      if (weight < 0) throw malformed(`speedscope: weight ${i} is negative`);
      let node = 0;
      const frames = listOf(stack, `sample ${i}`);
      this.#count(frames.length);
      for (const [depth, frame] of frames.entries()) node = this.#child(node, depth, frame);
      this.#add(unit, set, node, weight);
    });
  }

  #evented(profile: Json, unit: SpeedscopeUnit, set: number): void {
    const open: { frame: number; node: number }[] = [];
    let last = profile.startValue === undefined ? 0 : numberOf(profile.startValue, "startValue");
    for (const [i, one] of listOf(profile.events, "events").entries()) {
      const event = recordOf(one, `speedscope: event ${i}`);
      const at = numberOf(event.at, `time of event ${i}`);
      if (at < last) throw malformed(`speedscope: event ${i} is before the one before it`);
      this.#count(1);
      const top = open.at(-1);
      if (top !== undefined) this.#add(unit, set, top.node, at - last);
      last = at;
      const frame = numberOf(event.frame, `frame of event ${i}`);
      if (event.type === "O") open.push({ frame, node: this.#child(top?.node ?? 0, open.length, frame) });
      else if (event.type === "C") {
        if (top?.frame !== frame) throw malformed(`speedscope: event ${i} closes a frame that is not the innermost`);
        open.pop();
      } else throw malformed(`speedscope: event ${i} is of type ${shown(event.type)}`);
    }
  }

  #child(parent: number, depth: number, frame: unknown): number {
    const name = typeof frame === "number" ? this.#frames[frame] : undefined;
    if (name === undefined) throw malformed(`speedscope: there is no frame ${shown(frame)}`);
    const known = this.#known[frame as number]! || this.#tree.frame(name, 0, name.length);
    this.#known[frame as number] = known;
    return this.#tree.childOf(parent, depth, known);
  }

  #count(entries: number): void {
    this.#entries += entries;
    const { stackEntriesPerProfile: most } = this.#limits;
    if (this.#entries > most) throw tooLarge("stackEntriesPerProfile", this.#entries, most, "frames of all samples");
  }

  #add(unit: SpeedscopeUnit, set: number, node: number, weight: number): void {
    const { samplesPerProfile: most } = this.#limits;
    if (++this.#samples > most)
      throw tooLarge("samplesPerProfile", `over ${most}`, most, "the profile has too many samples");
    const count = whole(weight * (unit === "bytes" ? 1 : 100));
    const nanos = whole(weight * NANOS_IN[unit]);
    if (count === 0 && nanos === 0) return;
    let samples = this.#units.get(unit);
    if (samples === undefined) {
      samples = { nodes: [], sets: [], values: [], wide: new Map() };
      this.#units.set(unit, samples);
    }
    samples.nodes.push(node);
    samples.sets.push(set);
    addWhole(samples, count);
    addWhole(samples, nanos);
  }

  finish(): SpeedscopeFile {
    const notes = this.#tree.notes();
    const groups = [...this.#units].map(([unit, { nodes, sets, ...values }]) => ({
      unit,
      profile: {
        sampleTypes: [
          { type: "samples", unit: "count" },
          { type: "time", unit: "nanoseconds" },
        ],
        periodType: { type: "", unit: "" },
        period: 0n,
        timeNanos: 0n,
        durationNanos: 0n,
        stacks: this.#tree.stacks,
        sampleNodes: Int32Array.from(nodes),
        sampleValues: valuesOf(values),
        sampleLabels: Int32Array.from(sets),
        labelSets: this.#sets,
        notes,
      } satisfies Profile,
    }));
    return { groups, profiles: this.#profiles.size };
  }
}

/** Cut off as Pyroscope does, but only after the unit is a small one; a hair below a whole number is that number. */
function whole(value: number): number {
  const rounded = Math.floor(value * (1 + Number.EPSILON * 4));
  if (rounded >= 2 ** 63) throw malformed(`speedscope: the weight ${value} does not fit 64 bits`);
  return rounded;
}

function addWhole({ values, wide }: UnitSamples, value: number): void {
  if (Number.isSafeInteger(value)) values.push(value);
  else wide.set(values.push(0) - 1, BigInt(value));
}

function valuesOf({ values, wide }: Pick<UnitSamples, "values" | "wide">): BigInt64Array {
  const words = new Int32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    words[i * 2] = value;
    words[i * 2 + 1] = value / WORD;
  }
  const whole = new BigInt64Array(words.buffer);
  for (const [i, value] of wide) whole[i] = value;
  return whole;
}
