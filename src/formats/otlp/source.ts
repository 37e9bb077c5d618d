// What the call trees of all services of a request are made from.
import type { Limits } from "../../config.ts";
import { saysGo } from "../pprof/fix-go.ts";
import { type AttributeReader, attributeReader } from "./attributes.ts";
import { type OtlpBudget, otlpBudget } from "./budget.ts";
import type { Dictionary, OtlpRequest } from "./messages.ts";
import type { StringTable } from "./tables.ts";

export interface OtlpOptions {
  readonly limits: Limits;
  /** Type parameters of Go's names become `[...]`. */
  readonly goRepair: boolean;
}

export interface StackSource {
  readonly tables: Dictionary;
  readonly attributes: AttributeReader;
  readonly limits: Limits;
  readonly budget: OtlpBudget;
  /** Whether names are to be mended as Go's: asked for at the first that may need it. */
  isGo(): boolean;
}

export function stackSource(
  { dictionary = {}, byteLength }: OtlpRequest,
  { limits, goRepair }: OtlpOptions,
): StackSource {
  const budget = otlpBudget(limits, byteLength);
  let isGo: boolean | null = goRepair ? null : false;
  return {
    tables: dictionary,
    attributes: attributeReader(dictionary, budget),
    limits,
    budget,
    isGo: () => (isGo ??= hasGo(dictionary.stringTable)),
  };
}

function hasGo(strings: StringTable | undefined): boolean {
  for (let i = 0; i < (strings?.length ?? 0); i++) {
    const bytes = strings?.bytesAt(i);
    if (bytes !== undefined && saysGo(bytes, 0, bytes.length)) return true;
  }
  return false;
}
