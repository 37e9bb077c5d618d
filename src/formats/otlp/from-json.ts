// Reads messages from OTLP's JSON by the tables of schema.ts, and of their lists each when it is asked for.
import { malformed } from "../../lib/app-error.ts";
import { type RowCount, requireFew } from "./row-count.ts";
import { type FieldRule, MESSAGES, type MessageName, type PlainReading } from "./schema.ts";
import type { Message, StringTable, Table } from "./tables.ts";

const UTF8 = new TextEncoder();
const snakeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

interface JsonField {
  readonly rule: FieldRule;
  /** As protobuf has it. */
  readonly snake: string;
}

const FIELDS: ReadonlyMap<MessageName, readonly JsonField[]> = new Map(
  Object.entries(MESSAGES).map(([name, fields]) => [
    name as MessageName,
    Object.values(fields).map((rule) => ({ rule, snake: snakeOf(rule.name) })),
  ]),
);

/** @throws AppError malformed_profile */
export function messageOfJson(value: unknown, name: MessageName, count: RowCount): Message {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed(`otlp: ${name} is no object`);
  const given = value as Message;
  const message: Message = {};
  for (const { rule, snake } of FIELDS.get(name) ?? []) {
    const one = given[rule.name] ?? given[snake];
    if (one !== undefined && one !== null) message[rule.name] = readField(one, rule, count);
  }
  return message;
}

function readField(one: unknown, rule: FieldRule, count: RowCount): unknown {
  switch (rule.reading) {
    case "rows":
      return rowsOfJson(listOf(one, rule), rule.message, count);
    case "message":
      return messageOfJson(one, rule.message, count);
    case "texts":
      return stringsOfJson(listOf(one, rule));
    case "indices": {
      const list = listOf(one, rule);
      requireFew(count, list.length);
      return list.map((item) => plainOf(item, rule, indexOf));
    }
    case "sum":
      return sumOf(listOf(one, rule), rule);
    case "moments": {
      const list = listOf(one, rule);
      for (const item of list) plainOf(item, rule, momentOf);
      return list.length;
    }
    default:
      return plainOf(one, rule, PLAIN[rule.reading]);
  }
}

function listOf(one: unknown, { name }: FieldRule): readonly unknown[] {
  if (!Array.isArray(one)) throw malformed(`otlp: ${name} is no list`);
  return one;
}

const rowsOfJson = (list: readonly unknown[], name: MessageName, count: RowCount): Table<Message> => ({
  length: list.length,
  at: (index) => (index >= 0 && index < list.length ? messageOfJson(list[index], name, count) : undefined),
});

function stringsOfJson(list: readonly unknown[]): StringTable {
  const at = (index: number): string | undefined => {
    if (index < 0 || index >= list.length) return undefined;
    const text = list[index];
    if (typeof text !== "string") throw malformed("otlp: stringTable has a value of another type");
    return text;
  };
  return {
    length: list.length,
    at,
    bytesAt(index) {
      const text = at(index);
      return text === undefined ? undefined : UTF8.encode(text);
    },
    sizeOf: (index) => at(index)?.length ?? 0,
  };
}

function sumOf(list: readonly unknown[], rule: FieldRule) {
  let sum = 0n;
  for (const item of list) {
    const value = plainOf(item, rule, longOf);
    if (value > 0n) sum += value;
  }
  return { count: list.length, sum };
}

/** @param read undefined for what is not of the type */
function plainOf<Plain>(value: unknown, { name }: FieldRule, read: (value: unknown) => Plain | undefined): Plain {
  const plain = read(value);
  if (plain === undefined) throw malformed(`otlp: ${name} has a value of another type`);
  return plain;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function indexOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

/** Numbers of 64 bits may be text. */
function longOf(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt.asIntN(64, BigInt(value)) : undefined;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt.asIntN(64, BigInt(value)) : undefined;
}

const momentOf = (value: unknown): true | undefined =>
  typeof value === "string" || typeof value === "number" ? true : undefined;

type Single = Exclude<PlainReading, "texts" | "indices" | "sum" | "moments">;

/** Ids are hexadecimal in OTLP's JSON. */
const PLAIN: Readonly<Record<Single, (value: unknown) => unknown>> = {
  text: textOf,
  bytes: textOf,
  index: indexOf,
  long: longOf,
  fixed: longOf,
};
