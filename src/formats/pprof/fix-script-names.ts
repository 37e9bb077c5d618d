// Python and Ruby samplers send bare function names; with the file before it, `<file> <name>`, a
// name tells which function it is.
import type { PprofTables } from "./tables.ts";

const SLASH = 0x2f;
const SPACE = 0x20;

/** `unless absolute`: names of functions in a file with an absolute path stay as they are. */
export function prefixFileNames(tables: PprofTables, when: "always" | "unless absolute"): void {
  const names = tables.functionNames.values;
  const files = tables.functionFiles.values;
  const rewritten: number[] = [];
  for (let i = 0; i < tables.functionIds.length; i++) {
    const file = tables.stringBytes(files[i]!);
    const stays = when === "unless absolute" && file[0] === SLASH;
    if (!stays && file.length > 0 && tables.stringBytes(names[i]!).length > 0) rewritten.push(i);
  }
  if (rewritten.length === 0) return;
  const first = tables.addStrings(rewritten.length, (k, out) => {
    out.raw(tables.stringBytes(files[rewritten[k]!]!));
    out.byte(SPACE);
    out.raw(tables.stringBytes(names[rewritten[k]!]!));
  });
  for (let k = 0; k < rewritten.length; k++) names[rewritten[k]!] = first + k;
}
