// OTLP 1.10 lets attributes name their text by its row in the dictionary's table of strings, as the collector's exporter does:
//
//   KeyValue { key = 1; value = 2; key_strindex = 3 }    AnyValue { string_value = 1; …; string_value_strindex = 8 }
//
// Here the rows are put in the place of their numbers, so that nobody else has to know.
import { malformed } from "../../lib/app-error.ts";
import type { AnyValue, KeyValue, OtlpRequest } from "./messages.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Changes the request, which was just read. @throws AppError malformed_profile */
export function resolveReferences(request: OtlpRequest): OtlpRequest {
  const strings = request.dictionary?.stringTable ?? [];
  for (const { resource, scopeProfiles = [] } of request.resourceProfiles ?? []) {
    for (const attribute of resource?.attributes ?? []) resolveAttribute(attribute, strings);
    for (const { scope } of scopeProfiles)
      for (const attribute of scope?.attributes ?? []) resolveAttribute(attribute, strings);
  }
  for (const { value } of request.dictionary?.attributeTable ?? []) resolveValue(value, strings);
  return request;
}

function resolveAttribute(attribute: Mutable<KeyValue>, strings: readonly string[]): void {
  if (!attribute.key && attribute.keyStrindex) attribute.key = textAt(strings, attribute.keyStrindex);
  resolveValue(attribute.value, strings);
}

/** Lists in lists were bounded when they were read. */
function resolveValue(value: Mutable<AnyValue> | undefined, strings: readonly string[]): void {
  if (value === undefined) return;
  if (value.stringValueStrindex !== undefined) value.stringValue = textAt(strings, value.stringValueStrindex);
  for (const item of value.arrayValue?.values ?? []) resolveValue(item, strings);
}

function textAt(strings: readonly string[], row: number): string {
  const text = strings[row] ?? (row === 0 ? "" : undefined);
  if (text === undefined) throw malformed(`otlp: an attribute names string ${row} of ${strings.length}`);
  return text;
}
