// Old .NET agents number no functions and write `-` where names must have `_`.
import type { PprofTables } from "./tables.ts";

const DASH = 0x2d;
const UNDERSCORE = 0x5f;

/** Runs before the check, which would refuse both. Sample types whose string does not exist are left to it. */
export function fixDotnet(tables: PprofTables): void {
  const { functionIds, locationIds } = tables;
  if (functionIds.length === locationIds.length && allZero(functionIds)) {
    functionIds.low = locationIds.low.slice();
    functionIds.high = locationIds.high === null ? null : locationIds.high.slice();
  }
  const dashed = tables.sampleTypes.filter(({ type }) => hasDash(tables, type));
  if (dashed.length === 0) return;
  const first = tables.addStrings(dashed.length, (k, out) => out.raw(underscored(tables.stringBytes(dashed[k]!.type))));
  for (let i = 0; i < dashed.length; i++) dashed[i]!.type = first + i;
}

const allZero = (ids: PprofTables["functionIds"]): boolean =>
  ids.high === null && ids.low.subarray(0, ids.length).every((id) => id === 0);

const hasDash = (tables: PprofTables, index: number): boolean =>
  index < tables.stringCount && tables.stringBytes(index).includes(DASH);

const underscored = (text: Uint8Array): Uint8Array => text.map((byte) => (byte === DASH ? UNDERSCORE : byte));
