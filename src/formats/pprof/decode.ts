// pprof bytes → Profile: read, mend what known agents get wrong, check, resolve, build the tree.
//
//   bytes ─read-tables─▶ columns ─fix-ups, check, resolve─▶ columns ─call-tree─▶ Profile
import type { Limits } from "../../config.ts";
import type { Profile } from "../../profile/profile.ts";
import type { StackDictionary } from "../../profile/stack-dictionary.ts";
import { buildProfile } from "./call-tree.ts";
import { checkTables } from "./check.ts";
import { fixDotnet } from "./fix-dotnet.ts";
import { repairGo } from "./fix-go.ts";
import { prefixFileNames } from "./fix-script-names.ts";
import { readTables } from "./read-tables.ts";
import { resolveIds } from "./resolve.ts";
import { PprofTables } from "./tables.ts";

export interface PprofOptions {
  readonly limits: Limits;
  /** Function ids of 0 and `-` in type names, as old .NET agents send them. */
  readonly dotnet?: boolean;
  /** Put a function's file before its name. */
  readonly fileInName?: "never" | "always" | "unless absolute";
  /** Write Go's type parameters as `[...]` and complete truncated Go stacks; other languages are left alone. */
  readonly goRepair?: boolean;
  /** Of Go mend names alone: where one profile is taken from another, a stack completed in one alone would be a new one. */
  readonly stacksAsSent?: boolean;
  readonly ignoredLabels?: ReadonlySet<string>;
  /** Put all values on the node that stands for stacks that were left out: totals and labels stay as they are. */
  readonly withoutStacks?: boolean;
  /** Grow this dictionary instead of a new one. */
  readonly stacks?: StackDictionary;
}

/**
 * @param bytes inflated
 * @returns null for a profile that says nothing at all: no bytes, or neither sample types nor samples
 * @throws AppError malformed_profile, profile_too_large
 */
export function decodePprof(bytes: Uint8Array, options: PprofOptions): Profile | null {
  tables ??= new PprofTables(options.limits);
  try {
    return profileOf(readTables(bytes, options.limits, tables), options);
  } finally {
    tables.begin(NO_BYTES, options.limits);
  }
}

/** One profile's after another; nothing of them goes into a Profile. */
let tables: PprofTables | null = null;
const NO_BYTES = new Uint8Array(0);

function profileOf(tables: PprofTables, options: PprofOptions): Profile | null {
  if (tables.sampleTypes.length === 0 && tables.sampleCount === 0) return null;
  if (options.dotnet) fixDotnet(tables);
  checkTables(tables);
  resolveIds(tables);
  if (!options.withoutStacks) {
    if (options.fileInName && options.fileInName !== "never") prefixFileNames(tables, options.fileInName);
    if (options.goRepair) repairGo(tables, options.stacksAsSent !== true);
  }
  return buildProfile(tables, { ignoredLabels: NONE, ...treeOptions(options) });
}

const treeOptions = ({ ignoredLabels, stacks, withoutStacks }: PprofOptions) => ({
  ...(ignoredLabels && { ignoredLabels }),
  ...(stacks && { stacks }),
  ...(withoutStacks && { withoutStacks }),
});

const NONE: ReadonlySet<string> = new Set();
