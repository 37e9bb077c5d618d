// What upstream refuses, in its order and with its words.
import { malformed } from "../../lib/app-error.ts";
import { toHex } from "../../lib/hex.ts";
import { isUtf8 } from "../../lib/is-utf8.ts";
import type { IdColumn, IntColumn } from "./columns.ts";
import type { PprofTables } from "./tables.ts";

const DASH = 0x2d;

/** @throws AppError malformed_profile */
export function checkTables(tables: PprofTables): void {
  const { sampleTypes, stringCount } = tables;
  if (sampleTypes.length === 0) throw malformed("empty profile");
  requireIds(tables.locationIds, "location id is 0");
  requireIds(tables.functionIds, "function id is 0");
  const { values: ends } = tables.sampleValueEnds;
  for (let s = 0; s < tables.sampleCount; s++) {
    if (ends[s] !== (s + 1) * sampleTypes.length) throw malformed("sample value length mismatch");
  }
  if (stringCount === 0 || tables.stringEnds.values[0] !== tables.stringStarts.values[0])
    throw malformed("string 0 should be empty string");
  for (const { type, unit } of sampleTypes)
    if (type >= stringCount || unit >= stringCount) throw malformed("sample type type string index out of range");
  if (tables.periodType.type >= stringCount || tables.periodType.unit >= stringCount)
    throw malformed("period type string index out of range");
  requireStrings(tables.labelKeys, stringCount, "sample label string index out of range");
  requireStrings(tables.labelStrings, stringCount, "sample label string index out of range");
  requireStrings(tables.functionNames, stringCount, "function name string index out of range");
  requireStrings(tables.functionSystemNames, stringCount, "function system name string index out of range");
  requireStrings(tables.functionFiles, stringCount, "function file name string index out of range");
  requireStrings(tables.mappingFiles, stringCount, "mapping file name string index out of range");
  requireStrings(tables.mappingBuildIds, stringCount, "mapping build id string index out of range");
  for (const { type } of sampleTypes)
    if (tables.stringBytes(type).includes(DASH)) throw malformed("sample type contains -");
  for (let i = 0; i < stringCount; i++) requireUtf8(tables, i);
}

function requireIds(ids: IdColumn, message: string): void {
  for (let i = 0; i < ids.length; i++)
    if (ids.low[i] === 0 && (ids.high === null || ids.high[i] === 0)) throw malformed(message);
}

function requireStrings(column: IntColumn, stringCount: number, message: string): void {
  const { values, length } = column;
  for (let i = 0; i < length; i++) if (values[i]! >= stringCount) throw malformed(message);
}

/** Most strings are ASCII, which one OR over the bytes tells. */
function requireUtf8(tables: PprofTables, index: number): void {
  const { bytes } = tables;
  const end = tables.stringEnds.values[index]!;
  let seen = 0;
  for (let at = tables.stringStarts.values[index]!; at < end; at++) seen |= bytes[at]!;
  if (seen < 0x80) return;
  const text = tables.stringBytes(index);
  if (!isUtf8(text)) throw malformed(`invalid utf8 string hex: ${toHex(text.subarray(0, 512))}`);
}
