// What the readers of pprof's messages share.
import { tooLarge } from "../../lib/app-error.ts";
import { type ProtobufReader, WIRE } from "../protobuf.ts";

/** A tag is field number and wire type in one: so each case also checks the type. */
export const INT = (field: number): number => field * 8 + WIRE.varint;
export const BYTES = (field: number): number => field * 8 + WIRE.bytes;

/** An index of a string. What is out of every range stays out of range, for the check to name it. */
export function stringIndex(reader: ProtobufReader): number {
  const byte = reader.bytes[reader.at]!;
  if (byte < 0x80 && reader.at < reader.end) {
    reader.at++;
    return byte;
  }
  reader.wide();
  return reader.high !== 0 || reader.low < 0 ? 0x7fffffff : reader.low;
}

export function requireRoom(table: { readonly length: number }, most: number, what: string): void {
  if (table.length >= most) throw tooLarge("rowsPerProfile", `over ${most}`, most, `the profile has too many ${what}`);
}
