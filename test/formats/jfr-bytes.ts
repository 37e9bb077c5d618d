// Writes JFR chunks for tests, as told: classes, constant pools, events. Right or wrong.
import { ByteWriter } from "../../src/lib/byte-writer.ts";

export interface JfrField {
  readonly name: string;
  /** Id of its class. */
  readonly type: number;
  readonly isPooled?: boolean;
  readonly isList?: boolean;
}

export interface JfrClass {
  readonly id: number;
  readonly name: string;
  readonly fields?: readonly JfrField[];
}

export interface JfrChunk {
  readonly classes: readonly JfrClass[];
  /** Bytes of all entries of a pool, each a key and an object. */
  readonly pools?: readonly { readonly type: number; readonly count: number; readonly entries: Uint8Array }[];
  /** Whole events: `jfrEvent`. */
  readonly events?: Uint8Array;
  /** Strings and elements that nobody needs, in the metadata. */
  readonly strings?: { readonly count: number; readonly bytes: Uint8Array };
  readonly elements?: { readonly count: number; readonly bytes: Uint8Array };
  /** In the place of the bytes of the pool event. */
  readonly poolEvent?: (at: number) => Uint8Array;
}

const HEADER_BYTES = 68;

export function jfrLong(...values: readonly number[]): Uint8Array {
  const out = new ByteWriter(16);
  for (const value of values) out.varint(value);
  return out.finish();
}

export function jfrText(value: string): Uint8Array {
  const out = new ByteWriter(value.length + 8);
  out.byte(3);
  out.blob(new TextEncoder().encode(value));
  return out.finish();
}

/** size | class | body; the size counts itself. */
export function jfrEvent(type: number, body: Uint8Array): Uint8Array {
  const head = jfrLong(type);
  let size = head.length + body.length + 1;
  while (jfrLong(size).length + head.length + body.length > size) size++;
  const out = new ByteWriter(size + 8);
  out.varint(size);
  out.raw(head);
  out.raw(body);
  return out.finish();
}

function metadata({ classes, strings, elements }: JfrChunk): Uint8Array {
  const texts: string[] = [];
  const out = new ByteWriter();
  const name = (value: string): void => {
    let at = texts.indexOf(value);
    if (at < 0) at = texts.push(value) - 1;
    out.varint(at);
  };
  const attributes = (...pairs: readonly (readonly [string, string])[]): void => {
    out.varint(pairs.length);
    for (const [key, value] of pairs) {
      name(key);
      name(value);
    }
  };
  name("root");
  attributes();
  out.varint(classes.length + (elements?.count ?? 0));
  for (const { id, name: className, fields = [] } of classes) {
    name("class");
    attributes(["id", String(id)], ["name", className]);
    out.varint(fields.length);
    for (const { name: fieldName, type, isPooled, isList } of fields) {
      name("field");
      attributes(
        ["name", fieldName],
        ["class", String(type)],
        ...(isPooled ? [["constantPool", "true"] as const] : []),
        ...(isList ? [["dimension", "1"] as const] : []),
      );
      out.varint(0);
    }
  }
  if (elements !== undefined) out.raw(elements.bytes);
  const whole = new ByteWriter();
  for (let i = 0; i < 3; i++) whole.varint(0);
  whole.varint(texts.length + (strings?.count ?? 0));
  for (const one of texts) whole.raw(jfrText(one));
  if (strings !== undefined) whole.raw(strings.bytes);
  whole.raw(out.finish());
  return jfrEvent(0, whole.finish());
}

function poolsEvent(pools: NonNullable<JfrChunk["pools"]>): Uint8Array {
  const out = new ByteWriter();
  for (let i = 0; i < 3; i++) out.varint(0);
  out.byte(0);
  out.varint(pools.length);
  for (const { type, count, entries } of pools) {
    out.varint(type);
    out.varint(count);
    out.raw(entries);
  }
  return jfrEvent(1, out.finish());
}

export function jfrChunk(chunk: JfrChunk): Uint8Array<ArrayBuffer> {
  const first = metadata(chunk);
  const poolsAt = HEADER_BYTES + first.length;
  const pools = chunk.poolEvent?.(poolsAt) ?? poolsEvent(chunk.pools ?? []);
  const events = chunk.events ?? new Uint8Array(0);
  const bytes = new Uint8Array(poolsAt + pools.length + events.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x464c5200);
  view.setUint32(4, 0x20000);
  view.setBigUint64(8, BigInt(bytes.length));
  view.setBigUint64(16, BigInt(poolsAt));
  view.setBigUint64(24, BigInt(HEADER_BYTES));
  view.setUint32(64, 1);
  bytes.set(first, HEADER_BYTES);
  bytes.set(pools, poolsAt);
  bytes.set(events, poolsAt + pools.length);
  return bytes;
}
