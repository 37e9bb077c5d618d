// The metadata event of a chunk: the classes of everything else in it, and how to read an object of each.
//
//   size | type 0 | start | duration | id | strings: count, string … | element
//   element: name, attributes: count, (key, value) …, children: count, element …     all names are places in the strings
//
//   root → metadata → class {id, name} → field {name, class, constantPool, dimension}
import { DECODING } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { JfrCursor } from "./jfr-cursor.ts";
import { ROLE, type Role, roleOf } from "./roles.ts";

type Kind = "byte" | "long" | "float" | "double" | "string" | "struct";

export interface FieldPlan {
  readonly name: string;
  /** Of a single number: what it is read as. */
  readonly role: Role;
  readonly kind: Kind;
  readonly isArray: boolean;
  /** Of a struct. */
  readonly fields: readonly FieldPlan[];
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
  const strings = new MetadataStrings(cursor);
  const classes = new Map<number, RawClass>();
  let rows = 0;
  const spend = (more: number): void => {
    rows += more;
    if (rows > MOST_ROWS) throw tooLarge("jfrMetadataRows", `over ${MOST_ROWS}`, MOST_ROWS, "elements of the metadata");
  };
  readElement(cursor, { strings, spend }, 0, ({ id, name }, fields) =>
    classes.set(Number(id || "-1"), { name, fields }),
  );
  return planClasses(classes);
}

/** Names of the attributes that say something, and places for their values. */
const ATTRIBUTES = ["id", "name", "class", "constantPool", "dimension"] as const;
type Attributes = Record<(typeof ATTRIBUTES)[number], string>;
const UNKNOWN = -1;

/** Strings of the metadata, most of which nobody asks for: each is made when somebody does. */
class MetadataStrings {
  readonly #cursor: JfrCursor;
  readonly #places: Int32Array;
  readonly #texts: (string | undefined)[] = [];
  /** Which attribute a string names: index into ATTRIBUTES, its length for none, UNKNOWN where nobody asked. */
  readonly #attributes: Int8Array;

  constructor(cursor: JfrCursor) {
    const count = cursor.count();
    if (count > MOST_ROWS) throw tooLarge("jfrMetadataRows", count, MOST_ROWS, "strings of the metadata");
    this.#places = new Int32Array(count);
    this.#attributes = new Int8Array(count).fill(UNKNOWN);
    for (let i = 0; i < count; i++) {
      this.#places[i] = cursor.at;
      cursor.skipString();
    }
    this.#cursor = new JfrCursor(cursor.bytes);
  }

  text(place: number): string {
    const at = this.#placeOf(place);
    const known = this.#texts[place];
    if (known !== undefined) return known;
    this.#cursor.at = at;
    const text = this.#cursor.string();
    const made = typeof text === "string" ? text : "";
    this.#texts[place] = made;
    return made;
  }

  /** Of the attribute that is called so. */
  attribute(place: number): (typeof ATTRIBUTES)[number] | undefined {
    this.#placeOf(place);
    if (this.#attributes[place] === UNKNOWN) {
      const name = this.text(place);
      const found = ATTRIBUTES.findIndex((one) => one === name);
      this.#attributes[place] = found < 0 ? ATTRIBUTES.length : found;
    }
    return ATTRIBUTES[this.#attributes[place]!];
  }

  #placeOf(place: number): number {
    const at = this.#places[place];
    if (at === undefined) throw malformed(`JFR: metadata names string ${place} of ${this.#places.length}`);
    return at;
  }
}

const NO_FIELDS: readonly RawField[] = [];
const NO_ATTRIBUTES: Attributes = { id: "", name: "", class: "", constantPool: "", dimension: "" };

/** @returns the element's field, if it is one */
function readElement(
  cursor: JfrCursor,
  metadata: { readonly strings: MetadataStrings; readonly spend: (rows: number) => void },
  depth: number,
  onClass: (attributes: Attributes, fields: readonly RawField[]) => void,
): RawField | null {
  if (depth > MOST_ELEMENT_DEPTH) throw malformed(`JFR: metadata deeper than ${MOST_ELEMENT_DEPTH}`);
  const { strings, spend } = metadata;
  spend(1);
  const name = strings.text(cursor.long());
  const count = cursor.count(2);
  spend(count);
  const attributes = count === 0 ? NO_ATTRIBUTES : { ...NO_ATTRIBUTES };
  for (let left = count; left > 0; left--) {
    const attribute = strings.attribute(cursor.long());
    const value = cursor.long();
    // Also of one that nobody reads: what it names must be there.
    const said = strings.text(value);
    if (attribute !== undefined) attributes[attribute] = said;
  }
  let fields: RawField[] | null = null;
  for (let left = cursor.count(3); left > 0; left--) {
    const field = readElement(cursor, metadata, depth + 1, onClass);
    if (field !== null) {
      fields ??= [];
      fields.push(field);
    }
  }
  if (name === "class") onClass(attributes, fields ?? NO_FIELDS);
  if (name !== "field") return null;
  return {
    name: attributes.name,
    type: Number(attributes.class || "-1"),
    isPooled: attributes.constantPool === "true",
    isArray: Number(attributes.dimension) > 0,
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
      const role = simple === "long" && !isArray ? roleOf(name) : ROLE.none;
      if (simple !== undefined) fields.push({ name, role, kind: simple, isArray, fields: [] });
      else {
        if (!classes.has(field.type)) throw malformed(`JFR: field ${name} is of no known class`);
        const inner = fieldsOf(field.type, depth + 1);
        // An array of nothing still has its count.
        if (inner.length > 0 || isArray) fields.push({ name, role, kind: "struct", isArray, fields: inner });
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
      cursor.skipString();
      return;
    case "struct":
      for (const field of fields) skipField(cursor, field);
      return;
  }
}
