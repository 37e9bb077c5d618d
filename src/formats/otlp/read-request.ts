// Reads an export request, from protobuf or from JSON, by the tables of schema.ts. Every byte is bounded: nesting by the schema and
// a depth, rows by a limit, lists by the bytes that are there.
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { toHex } from "../../lib/hex.ts";
import { parseJson } from "../json-file.ts";
import { ProtobufReader, WIRE } from "../protobuf.ts";
import type { OtlpRequest } from "./messages.ts";
import { resolveReferences } from "./references.ts";
import { type FieldRule, type FieldType, MESSAGES, type MessageName } from "./schema.ts";

type Message = Record<string, unknown>;

/** Only values of attributes nest, lists in lists: nobody goes deeper. */
const MOST_DEPTH = 32;
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const PLAIN_TYPES: ReadonlySet<FieldType> = new Set<FieldType>(["text", "bytes", "number", "long", "moment"]);
const isMessage = (type: FieldType): type is MessageName => !PLAIN_TYPES.has(type);

/** Each is an object of a hundred bytes or so until the request is decoded: an isolate has 128 MB. */
const MOST_ROWS = 500_000;

interface Budget {
  rows: number;
  readonly most: number;
}

function spend(budget: Budget): void {
  if (++budget.rows > budget.most)
    throw tooLarge("rowsPerProfile", `over ${budget.most}`, budget.most, "rows and values of the request");
}

/** Rows, samples, values and indices in all: each takes some tens of bytes while the request is read. */
const budgetOf = (limits: Limits): Budget => ({ rows: 0, most: Math.min(limits.rowsPerProfile, MOST_ROWS) });

/** @throws AppError malformed_profile, profile_too_large */
export function readOtlpProto(bytes: Uint8Array, limits: Limits): OtlpRequest {
  return resolveReferences(readMessage(new ProtobufReader(bytes), "request", budgetOf(limits), 0));
}

function readMessage(reader: ProtobufReader, name: MessageName, budget: Budget, depth: number): Message {
  if (depth > MOST_DEPTH) throw malformed(`otlp: nested deeper than ${MOST_DEPTH}`);
  const message: Message = {};
  const fields = MESSAGES[name];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    const rule = fields[tag >>> 3];
    if (rule === undefined) {
      reader.skip(tag);
      continue;
    }
    spend(budget);
    if (rule.repeated && isPacked(rule, tag)) readPacked(reader, rule, listIn(message, rule), budget);
    else {
      const value = readValue(reader, rule, tag, budget, depth);
      if (rule.repeated) listIn(message, rule).push(value);
      else message[rule.name] = value;
    }
  }
  return message;
}

function listIn(message: Message, { name }: FieldRule): unknown[] {
  const list = message[name];
  if (Array.isArray(list)) return list;
  const fresh: unknown[] = [];
  message[name] = fresh;
  return fresh;
}

const isPacked = ({ type }: FieldRule, tag: number): boolean =>
  (tag & 7) === WIRE.bytes && (type === "number" || type === "long" || type === "moment");

function readPacked(reader: ProtobufReader, rule: FieldRule, list: unknown[], budget: Budget): void {
  const outer = reader.enter();
  while (reader.at < reader.end) {
    spend(budget);
    list.push(
      rule.type === "number" ? readIndex(reader) : rule.type === "long" ? readLong(reader) : readMoment(reader),
    );
  }
  reader.leave(outer);
}

function readValue(reader: ProtobufReader, rule: FieldRule, tag: number, budget: Budget, depth: number): unknown {
  const { type } = rule;
  const wire = tag & 7;
  const expected = isMessage(type) || type === "text" || type === "bytes" ? WIRE.bytes : wireOf(rule);
  if (wire !== expected) throw reader.wrongType(tag);
  if (isMessage(type)) {
    const outer = reader.enter();
    const message = readMessage(reader, type, budget, depth + 1);
    reader.leave(outer);
    return message;
  }
  switch (type) {
    case "text":
    case "bytes": {
      const length = reader.length();
      const bytes = reader.bytes.subarray(reader.at, reader.at + length);
      reader.at += length;
      return type === "text" ? UTF8.decode(bytes) : hexOf(bytes);
    }
    case "number":
      return readIndex(reader);
    case "long":
      return rule.fixed ? readFixed(reader) : readLong(reader);
    default:
      return readMoment(reader);
  }
}

const wireOf = ({ fixed }: FieldRule): number => (fixed ? WIRE.eight : WIRE.varint);

function readMoment(reader: ProtobufReader): number {
  requireEight(reader);
  return 0;
}

/** An int32: negative ones are ten bytes long, and no index. */
function readIndex(reader: ProtobufReader): number {
  reader.wide();
  return reader.low;
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

/** Ids of traces and spans have 16 bytes and 8; what is longer is none. */
const hexOf = (bytes: Uint8Array): string => (bytes.length > 16 ? "" : toHex(bytes));

/** @throws AppError malformed_profile, profile_too_large */
export function readOtlpJson(bytes: Uint8Array, limits: Limits): OtlpRequest {
  return resolveReferences(fromJson(parseJson(bytes, "otlp", limits), "request", budgetOf(limits), 0));
}

const snakeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** By name as JSON has it and as protobuf has it. */
const RULES_BY_NAME: ReadonlyMap<string, FieldRule> = new Map(
  Object.entries(MESSAGES).flatMap(([message, fields]) =>
    Object.values(fields).flatMap((rule) => [
      [`${message}.${rule.name}`, rule] as const,
      [`${message}.${snakeOf(rule.name)}`, rule] as const,
    ]),
  ),
);

function fromJson(value: unknown, name: MessageName, budget: Budget, depth: number): Message {
  if (depth > MOST_DEPTH) throw malformed(`otlp: nested deeper than ${MOST_DEPTH}`);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(`otlp: ${name} is no object`);
  const message: Message = {};
  for (const [key, one] of Object.entries(value)) {
    const rule = RULES_BY_NAME.get(`${name}.${key}`);
    if (rule === undefined || one === null) continue;
    if (!rule.repeated) {
      spend(budget);
      message[rule.name] = plainOf(one, rule, budget, depth);
      continue;
    }
    if (!Array.isArray(one)) throw malformed(`otlp: ${name}.${key} is no list`);
    message[rule.name] = one.map((item: unknown) => {
      spend(budget);
      return plainOf(item, rule, budget, depth);
    });
  }
  return message;
}

function plainOf(value: unknown, rule: FieldRule, budget: Budget, depth: number): unknown {
  const { type } = rule;
  if (isMessage(type)) return fromJson(value, type, budget, depth + 1);
  const plain = FROM_JSON[type](value);
  if (plain === undefined) throw malformed(`otlp: ${rule.name} has a value of another type`);
  return plain;
}

const textOf = (value: unknown): unknown => (typeof value === "string" ? value : undefined);

type PlainType = Exclude<FieldType, MessageName>;

/** Undefined for what is not of the type. Numbers of 64 bits may be text; ids are hexadecimal in OTLP's JSON. */
const FROM_JSON: Readonly<Record<PlainType, (value: unknown) => unknown>> = {
  text: textOf,
  bytes: textOf,
  number: (value) => {
    const number = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) ? number : undefined;
  },
  long: (value) => {
    const isWhole = typeof value === "number" ? Number.isInteger(value) : /^-?\d{1,20}$/.test(String(value));
    const isFit = typeof value === "number" || typeof value === "string";
    return isFit && isWhole ? BigInt.asIntN(64, BigInt(value)) : undefined;
  },
  moment: (value) => (typeof value === "string" || typeof value === "number" ? 0 : undefined),
};
