// The `labels` part of a JFR upload: which labels an event's contextId stands for.
//
//   LabelsSnapshot { map<int64, Context> contexts = 1; map<int64, string> strings = 2 }
//   Context        { map<int64, int64> labels = 1 }      string id → string id
//
// A map's entry is a message { key = 1; value = 2 }; either may be absent, and is 0 or empty then.
import type { Limits } from "../../config.ts";
import { NumberMap } from "../../lib/number-map.ts";
import { shortText } from "../../lib/short-text.ts";
import type { LabelDrops } from "../../profile/label-drops.ts";
import { ProtobufReader, WIRE } from "../protobuf.ts";

interface Lookup<Value> {
  get(id: number): Value | undefined;
}

export interface LabelSnapshot {
  /** Context id → [name, value] pairs. */
  readonly contexts: Lookup<readonly (readonly [string, string])[]>;
  readonly strings: Lookup<string>;
}

export const NO_SNAPSHOT: LabelSnapshot = { contexts: new Map(), strings: new Map() };

const CONTEXTS = (1 << 3) | WIRE.bytes;
const STRINGS = (2 << 3) | WIRE.bytes;
const KEY = (1 << 3) | WIRE.varint;
const VALUE = 2;

/**
 * What is too long for a label is none, and a context has no more pairs than a series may have labels: both are read again for
 * each of its events.
 * @param drops is told of what is left out
 * @throws AppError malformed_profile
 */
export function readLabelSnapshot(bytes: Uint8Array, limits: Limits, drops: LabelDrops): LabelSnapshot {
  const reader = new ProtobufReader(bytes);
  const contexts = new NumberMap<readonly (readonly [string, string])[]>();
  const pairsOf = new NumberMap<[number, number][]>();
  const strings = new NumberMap<string>();
  const tooLong = new NumberMap<number>();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === CONTEXTS) {
      const pairs: [number, number][] = [];
      let count = 0;
      const key = readEntry(reader, () => {
        count += readContext(reader, pairs, limits.labelsPerSeries);
      });
      if (count > limits.labelsPerSeries) drops.crowded("labels of a context", count, limits);
      pairsOf.set(key, pairs);
    } else if (tag === STRINGS) {
      let text = "";
      let bytesLong = 0;
      const key = readEntry(reader, () => {
        const length = reader.length();
        bytesLong = length;
        text = length > limits.labelValueBytes ? "" : shortText(reader.bytes, reader.at, reader.at + length);
        reader.at += length;
      });
      strings.set(key, text);
      if (bytesLong > limits.labelValueBytes) tooLong.set(key, bytesLong);
      else if (tooLong.size > 0) tooLong.set(key, 0);
    } else reader.skip(tag);
  }
  const textOf = (id: number): string => strings.get(id) ?? "";
  for (const [id, pairs] of pairsOf.entries())
    contexts.set(
      id,
      pairs.map(([name, value]) => {
        const [nameBytes, valueBytes] = [tooLong.get(name) ?? 0, tooLong.get(value) ?? 0];
        if (nameBytes > 0) {
          drops.nameTooLong("of a context", nameBytes, limits);
          return ["", ""] as const;
        }
        if (valueBytes > 0) drops.valueTooLong(textOf(name), valueBytes, limits);
        return [textOf(name), textOf(value)] as const;
      }),
    );
  return { contexts, strings };
}

/** Reads an entry whose value is length-delimited. @returns its key */
function readEntry(reader: ProtobufReader, readValue: () => void): number {
  const outer = reader.enter();
  let key = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === KEY) key = longOf(reader);
    else if (tag === ((VALUE << 3) | WIRE.bytes)) readValue();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return key;
}

/** Appends to `pairs` until there are `most`. @returns how many there were to append */
function readContext(reader: ProtobufReader, pairs: [number, number][], most: number): number {
  const outer = reader.enter();
  let count = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== CONTEXTS) {
      reader.skip(tag);
      continue;
    }
    const entryEnd = reader.enter();
    let name = 0;
    let value = 0;
    while (reader.at < reader.end) {
      const inner = reader.tag();
      if (inner === KEY) name = longOf(reader);
      else if (inner === ((VALUE << 3) | WIRE.varint)) value = longOf(reader);
      else reader.skip(inner);
    }
    reader.leave(entryEnd);
    count++;
    if (pairs.length < most) pairs.push([name, value]);
  }
  reader.leave(outer);
  return count;
}

/** Ids are small; one beyond 2^53 is another's equal at worst. */
function longOf(reader: ProtobufReader): number {
  reader.wide();
  return reader.high * 4294967296 + (reader.low >>> 0);
}
