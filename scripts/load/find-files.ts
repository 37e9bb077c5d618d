// Arguments → files: a folder stands for all files below it, a pattern for what it matches. In order of path.
import { globSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface FoundFiles {
  readonly files: readonly string[];
  /** Arguments that name nothing. */
  readonly missing: readonly string[];
}

export function findFiles(given: readonly string[]): FoundFiles {
  const files = new Set<string>();
  const missing: string[] = [];
  for (const argument of given) {
    const paths = statSync(argument, { throwIfNoEntry: false }) === undefined ? globSync(argument) : [argument];
    const found = paths.flatMap(filesBelow);
    if (found.length === 0) missing.push(argument);
    for (const file of found.toSorted()) files.add(file);
  }
  return { files: [...files], missing };
}

function filesBelow(path: string): string[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry?.isFile()) return [path];
  if (!entry?.isDirectory()) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && !one.name.startsWith("."))
    .map((one) => join(one.parentPath, one.name));
}
