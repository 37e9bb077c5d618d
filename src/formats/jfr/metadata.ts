// The metadata event of a chunk: the classes of everything else in it, and how to read an object of each.
//
//   size | type 0 | start | duration | id | strings: count, string … | element
//   element: name, attributes: count, (key, value) …, children: count, element …     all names are places in the strings
//
//   root → metadata → class {id, name} → field {name, class, constantPool, dimension}
import { DECODING } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import type { JfrCursor } from "./jfr-cursor.ts";

type Kind = "byte" | "long" | "float" | "double" | "string" | "struct";

export interface FieldPlan {
  readonly name: string;
  readonly kind: Kind;
  readonly isArray: boolean;
  /** Of a struct. */
  readonly fields: readonly FieldPlan[];
  /** Name of the field's class, for the names of pools. */
  readonly typeName: string;
}

export interface ClassPlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
}

interface RawField {
  readonly name: string;
  readonly type: number;
  readonly isPooled: boolean;
  readonly isArray: boolean;
}

interface RawClass {
  readonly name: string;
  readonly fields: readonly RawField[];
}

/** A map: a class may be called "toString", and must not be read as what every object has. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["boolean", "byte"],
  ["byte", "byte"],
  ["char", "long"],
  ["short", "long"],
  ["int", "long"],
  ["long", "long"],
  ["float", "float"],
  ["double", "double"],
  ["java.lang.String", "string"],
]);

/** Strings, and elements with their attributes, of one chunk: recorders write some thousands. */
const MOST_ROWS = DECODING.jfrMetadataRows;
/** Recorders nest five deep. */
const MOST_ELEMENT_DEPTH = 32;
/** Structs within structs: JFR itself has two. */
const MOST_STRUCT_DEPTH = 8;
/** Bytes of one value of each kind, at least. */
const LEAST_BYTES: Readonly<Record<Exclude<Kind, "struct">, number>> = {
  byte: 1,
  long: 1,
  float: 4,
  double: 8,
  string: 1,
};

/** @param cursor at the event's first byte @returns class id → plan */
export function readMetadata(cursor: JfrCursor): Map<number, ClassPlan> {
  cursor.long(); // size
  if (cursor.long() !== 0) throw malformed("JFR: no metadata event where the header says");
  cursor.long();
  cursor.long();
  cursor.long();
  const strings: string[] = [];
  const count = cursor.count();
  if (count > MOST_ROWS) throw tooLarge("jfrMetadataRows", count, MOST_ROWS, "strings of the metadata");
  for (let left = count; left > 0; left--) {
    const text = cursor.string();
    strings.push(typeof text === "string" ? text : "");
  }
  const classes = new Map<number, RawClass>();
  let rows = 0;
  const spend = (more: number): void => {
    rows += more;
    if (rows > MOST_ROWS) throw tooLarge("jfrMetadataRows", `over ${MOST_ROWS}`, MOST_ROWS, "elements of the metadata");
  };
  readElement(cursor, { strings, spend }, 0, (name, attributes, fields) => {
    if (name === "class")
      classes.set(Number(attributes.get("id") ?? -1), { name: attributes.get("name") ?? "", fields });
  });
  return planClasses(classes);
}

type OnElement = (name: string, attributes: ReadonlyMap<string, string>, fields: readonly RawField[]) => void;

/** @returns the element's field, if it is one */
function readElement(
  cursor: JfrCursor,
  metadata: { readonly strings: readonly string[]; readonly spend: (rows: number) => void },
  depth: number,
  onElement: OnElement,
): RawField | null {
  if (depth > MOST_ELEMENT_DEPTH) throw malformed(`JFR: metadata deeper than ${MOST_ELEMENT_DEPTH}`);
  const { strings, spend } = metadata;
  spend(1);
  const textAt = (place: number): string => {
    const text = strings[place];
    if (text === undefined) throw malformed(`JFR: metadata names string ${place} of ${strings.length}`);
    return text;
  };
  const name = textAt(cursor.long());
  const attributes = new Map<string, string>();
  const count = cursor.count(2);
  spend(count);
  for (let left = count; left > 0; left--) attributes.set(textAt(cursor.long()), textAt(cursor.long()));
  const fields: RawField[] = [];
  for (let left = cursor.count(3); left > 0; left--) {
    const field = readElement(cursor, metadata, depth + 1, onElement);
    if (field !== null) fields.push(field);
  }
  onElement(name, attributes, fields);
  if (name !== "field") return null;
  return {
    name: attributes.get("name") ?? "",
    type: Number(attributes.get("class") ?? -1),
    isPooled: attributes.get("constantPool") === "true",
    isArray: Number(attributes.get("dimension") ?? 0) > 0,
  };
}

/**
 * Classes may name each other; a struct that holds itself, or nothing at all, would be read for ever. Each field that is kept
 * takes at least a byte, so reading costs no more than the bytes.
 */
function planClasses(classes: ReadonlyMap<number, RawClass>): Map<number, ClassPlan> {
  const planned = new Map<number, readonly FieldPlan[]>();
  const fieldsOf = (id: number, depth: number): readonly FieldPlan[] => {
    const known = planned.get(id);
    if (known !== undefined) return known;
    if (depth > MOST_STRUCT_DEPTH) throw malformed(`JFR: structs deeper than ${MOST_STRUCT_DEPTH}`);
    const fields: FieldPlan[] = [];
    for (const field of classes.get(id)?.fields ?? []) {
      const typeName = classes.get(field.type)?.name ?? "";
      const { name, isArray } = field;
      const simple = field.isPooled ? "long" : KINDS.get(typeName);
      if (simple !== undefined) fields.push({ name, kind: simple, isArray, fields: [], typeName });
      else {
        if (!classes.has(field.type)) throw malformed(`JFR: field ${name} is of no known class`);
        const inner = fieldsOf(field.type, depth + 1);
        // An array of nothing still has its count.
        if (inner.length > 0 || isArray) fields.push({ name, kind: "struct", isArray, fields: inner, typeName });
      }
    }
    planned.set(id, fields);
    return fields;
  };
  return new Map([...classes].map(([id, { name }]) => [id, { name, fields: fieldsOf(id, 0) }]));
}

/** Passes over one field. */
export function skipField(cursor: JfrCursor, field: FieldPlan): void {
  if (!field.isArray) {
    skipValue(cursor, field);
    return;
  }
  if (field.kind === "struct" && field.fields.length === 0) {
    cursor.long();
    return;
  }
  const least = field.kind === "struct" ? 1 : LEAST_BYTES[field.kind];
  for (let left = cursor.count(least); left > 0; left--) skipValue(cursor, field);
}

function skipValue(cursor: JfrCursor, { kind, fields }: FieldPlan): void {
  switch (kind) {
    case "byte":
      cursor.byte();
      return;
    case "long":
      cursor.long();
      return;
    case "float":
      cursor.skip(4);
      return;
    case "double":
      cursor.skip(8);
      return;
    case "string":
      cursor.string();
      return;
    case "struct":
      for (const field of fields) skipField(cursor, field);
      return;
  }
}
