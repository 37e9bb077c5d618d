// Keys and values of attributes. OTLP 1.10 lets them name their text by its row in the dictionary's table of strings, as the
// collector's exporter does:
//
//   KeyValue { key = 1; value = 2; key_strindex = 3 }    AnyValue { string_value = 1; …; string_value_strindex = 8 }
//
// A row of the dictionary's own table of attributes is named by many samples: what it says is remembered.
import { malformed } from "../../lib/app-error.ts";
import { costOf, type OtlpBudget } from "./budget.ts";
import type { AnyValue, Dictionary, KeyValue } from "./messages.ts";
import { rowOf } from "./tables.ts";

export interface OtlpAttribute {
  readonly key: string;
  /** Null for what is no text. */
  readonly text: string | null;
}

export interface AttributeReader {
  /** Text, a whole number, or a list of one such. */
  of(attribute: KeyValue): OtlpAttribute;
  /** Text alone. @throws AppError malformed_profile for a row that is not there */
  row(index: number): OtlpAttribute;
  /** @throws AppError malformed_profile for a row that is not there */
  string(index: number): string;
}

/** Texts that are remembered, and how long one may be: the keys and values of all attributes that real requests have. */
const MOST_REMEMBERED = 4096;
const MOST_CHARS = 2048;

export function attributeReader(tables: Dictionary, budget: OtlpBudget): AttributeReader {
  const { stringTable, attributeTable } = tables;
  const strings = new Map<number, string>();
  const rows = new Map<number, OtlpAttribute>();
  const string = (index: number): string => {
    const known = strings.get(index);
    if (known !== undefined) return known;
    budget.reads(stringTable?.sizeOf(index) ?? 0);
    const text = stringTable?.at(index) ?? (index === 0 ? "" : undefined);
    if (text === undefined) throw malformed(`otlp: string ${index} of ${stringTable?.length ?? 0}`);
    if (strings.size < MOST_REMEMBERED && text.length <= MOST_CHARS) strings.set(index, text);
    return text;
  };
  const plainText = ({ stringValue, stringValueStrindex }: AnyValue): string | undefined =>
    stringValueStrindex === undefined ? stringValue : string(stringValueStrindex);
  const keyOf = ({ key = "", keyStrindex = 0 }: KeyValue): string =>
    key === "" && keyStrindex !== 0 ? string(keyStrindex) : key;
  const textOf = (value: AnyValue): string | null => {
    const text = plainText(value) ?? value.intValue?.toString();
    if (text !== undefined) return text;
    const items = value.arrayValue?.values;
    const only = items?.length === 1 ? items.at(0) : undefined;
    return only === undefined ? null : (plainText(only) ?? only.intValue?.toString() ?? null);
  };
  return {
    string,
    of: (attribute) => ({ key: keyOf(attribute), text: textOf(attribute.value ?? {}) }),
    row(index) {
      const known = rows.get(index);
      if (known !== undefined) return known;
      budget.reads(costOf(attributeTable, index));
      const attribute = rowOf(attributeTable, index, "attribute");
      const one = { key: keyOf(attribute), text: plainText(attribute.value ?? {}) ?? null };
      if (rows.size < MOST_REMEMBERED && one.key.length + (one.text?.length ?? 0) <= MOST_CHARS) rows.set(index, one);
      return one;
    },
  };
}
