// Reads messages from protobuf by the tables of schema.ts, and of their lists where each row begins. Every byte is bounded: nesting by
// the schema, lists by a limit and by the bytes that are there.
import { malformed } from "../../lib/app-error.ts";
import { toHex } from "../../lib/hex.ts";
import { ProtobufReader, WIRE } from "../protobuf.ts";
import { type RowCount, requireFew, spend } from "./row-count.ts";
import { type FieldRule, MESSAGES, type MessageName } from "./schema.ts";
import { type Indices, type Message, NO_VALUES, type StringTable, type Table, type ValueSum } from "./tables.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** Longer lists of numbers take a typed array, which costs more to make, and less for each. */
const SHORT_BYTES = 64;

export function messageOfProto(bytes: Uint8Array, name: MessageName, count: RowCount): Message {
  return new ProtoMessages(bytes, count).read(name);
}

/** One cursor for all: no row is read while another is. */
class ProtoMessages {
  readonly reader: ProtobufReader;
  readonly #count: RowCount;

  constructor(bytes: Uint8Array, count: RowCount) {
    this.reader = new ProtobufReader(bytes);
    this.#count = count;
  }

  /** The message that begins at the length at `place`. What it lists is gone when it is. */
  readAt(place: number, name: MessageName): Message {
    const { rows } = this.#count;
    this.seek(place);
    this.reader.enter();
    const message = this.read(name);
    this.#count.rows = rows;
    return message;
  }

  seek(place: number): void {
    this.reader.at = place;
    this.reader.end = this.reader.bytes.length;
  }

  read(name: MessageName): Message {
    const { reader } = this;
    const message: Message = {};
    const fields = MESSAGES[name];
    while (reader.at < reader.end) {
      const tag = reader.tag();
      const rule = fields[tag >>> 3];
      if (rule === undefined) reader.skip(tag);
      else message[rule.name] = this.#value(rule, tag, message[rule.name]);
    }
    return message;
  }

  /** @param before what is there already of a list */
  #value(rule: FieldRule, tag: number, before: unknown): unknown {
    const { reader } = this;
    const wire = tag & 7;
    if (wire === WIRE.bytes ? !TAKES_BYTES.has(rule.reading) : wire !== WIRE_OF[rule.reading])
      throw reader.wrongType(tag);
    switch (rule.reading) {
      case "rows":
        return this.#place((before as ProtoRows | undefined) ?? new ProtoRows(this, rule.message));
      case "texts":
        return this.#place((before as ProtoStrings | undefined) ?? new ProtoStrings(this));
      case "message": {
        const outer = reader.enter();
        const message = this.read(rule.message);
        reader.leave(outer);
        return message;
      }
      case "text":
        return UTF8.decode(stepOver(reader));
      case "bytes":
        return hexOf(stepOver(reader));
      case "index":
        return readIndex(reader);
      case "indices":
        return readIndices(reader, wire, before as Indices | undefined, this.#count);
      case "long":
        return readLong(reader);
      case "fixed":
        return readFixed(reader);
      case "sum":
        return readSum(reader, wire, before as ValueSum | undefined);
      default:
        return ((before as number | undefined) ?? 0) + countMoments(reader, wire);
    }
  }

  #place<Rows extends ProtoRows | ProtoStrings>(rows: Rows): Rows {
    spend(this.#count);
    const { reader } = this;
    rows.places.push(reader.at);
    const length = reader.length();
    reader.at += length;
    return rows;
  }
}

const WIRE_OF: Readonly<Record<FieldRule["reading"], number>> = {
  rows: WIRE.bytes,
  texts: WIRE.bytes,
  message: WIRE.bytes,
  text: WIRE.bytes,
  bytes: WIRE.bytes,
  index: WIRE.varint,
  indices: WIRE.varint,
  long: WIRE.varint,
  fixed: WIRE.eight,
  sum: WIRE.varint,
  moments: WIRE.eight,
};
/** Lists of numbers may be packed. */
const TAKES_BYTES: ReadonlySet<FieldRule["reading"]> = new Set<FieldRule["reading"]>([
  ...(["rows", "texts", "message", "text", "bytes"] as const),
  ...(["indices", "sum", "moments"] as const),
]);

class ProtoRows implements Table<Message> {
  /** Where the length of each begins. */
  readonly places: number[] = [];
  readonly #messages: ProtoMessages;
  readonly #name: MessageName;

  constructor(messages: ProtoMessages, name: MessageName) {
    this.#messages = messages;
    this.#name = name;
  }

  get length(): number {
    return this.places.length;
  }

  at(index: number): Message | undefined {
    const place = this.places[index];
    return place === undefined ? undefined : this.#messages.readAt(place, this.#name);
  }

  sizeOf(index: number): number {
    return sizeAt(this.#messages, this.places[index]);
  }
}

class ProtoStrings implements StringTable {
  readonly places: number[] = [];
  readonly #messages: ProtoMessages;

  constructor(messages: ProtoMessages) {
    this.#messages = messages;
  }

  get length(): number {
    return this.places.length;
  }

  at(index: number): string | undefined {
    const bytes = this.bytesAt(index);
    return bytes === undefined ? undefined : UTF8.decode(bytes);
  }

  bytesAt(index: number): Uint8Array | undefined {
    const place = this.places[index];
    if (place === undefined) return undefined;
    this.#messages.seek(place);
    return stepOver(this.#messages.reader);
  }

  sizeOf(index: number): number {
    return sizeAt(this.#messages, this.places[index]);
  }
}

function sizeAt(messages: ProtoMessages, place: number | undefined): number {
  if (place === undefined) return 0;
  messages.seek(place);
  return messages.reader.length();
}

function stepOver(reader: ProtobufReader): Uint8Array {
  const length = reader.length();
  const bytes = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  return bytes;
}

/** An int32: negative ones are ten bytes long, and no index. */
function readIndex(reader: ProtobufReader): number {
  reader.wide();
  return reader.low;
}

function readIndices(reader: ProtobufReader, wire: number, before: Indices | undefined, count: RowCount): Indices {
  if (before === undefined && wire === WIRE.bytes) return readPacked(reader, count);
  const list = Array.isArray(before) ? (before as number[]) : [...(before ?? [])];
  const more = wire === WIRE.bytes ? readPacked(reader, count) : [readIndex(reader)];
  requireFew(count, list.length + more.length);
  for (const one of more) list.push(one);
  return list;
}

function readPacked(reader: ProtobufReader, count: RowCount): Indices {
  const outer = reader.enter();
  const { bytes, at, end } = reader;
  let entries = 0;
  for (let i = at; i < end; i++) if (bytes[i]! < 0x80) entries++;
  requireFew(count, entries);
  const list = end - at > SHORT_BYTES ? new Int32Array(entries) : new Array<number>(entries);
  for (let i = 0; reader.at < end; i++) list[i] = readIndex(reader);
  reader.leave(outer);
  return list;
}

function readLong(reader: ProtobufReader): bigint {
  reader.wide();
  if (reader.high === 0) return BigInt(reader.low >>> 0);
  return (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
}

function readFixed(reader: ProtobufReader): bigint {
  const { bytes, at } = reader;
  requireEight(reader);
  return (BigInt(wordAt(bytes, at + 4)) << 32n) | BigInt(wordAt(bytes, at) >>> 0);
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/** Steps over eight bytes. */
function requireEight(reader: ProtobufReader): void {
  if (reader.end - reader.at < 8) throw malformed(`otlp: bytes end at ${reader.end}`);
  reader.at += 8;
}

/** So many of 32 bits are added before a double could lose one. */
const EXACT_ADDITIONS = 1 << 20;

function readSum(reader: ProtobufReader, wire: number, before: ValueSum = NO_VALUES): ValueSum {
  const outer = wire === WIRE.bytes ? reader.enter() : reader.end;
  let { count, sum } = before;
  let small = 0;
  do {
    if (wire === WIRE.bytes && reader.at >= reader.end) break;
    reader.wide();
    if (reader.high === 0) small += reader.low >>> 0;
    else if (reader.high > 0) sum += (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
    if (++count % EXACT_ADDITIONS === 0) {
      sum += BigInt(small);
      small = 0;
    }
  } while (wire === WIRE.bytes);
  if (wire === WIRE.bytes) reader.leave(outer);
  return { count, sum: sum + BigInt(small) };
}

function countMoments(reader: ProtobufReader, wire: number): number {
  if (wire !== WIRE.bytes) {
    requireEight(reader);
    return 1;
  }
  const length = reader.length();
  if (length % 8 !== 0) throw malformed(`otlp: bytes end at ${reader.at + length}`);
  reader.at += length;
  return length / 8;
}

/** Ids of traces and spans have 16 bytes and 8; what is longer is none. */
const hexOf = (bytes: Uint8Array): string => (bytes.length > 16 ? "" : toHex(bytes));
