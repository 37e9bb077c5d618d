// All schemas of src/api as JSON Schema, under the names that they are exported by, with the words that stand beside their fields.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { schemaWords, type Words } from "./comments.ts";

const API = join(import.meta.dirname, "../../src/api");

/** As much of JSON Schema as zod writes. */
export interface JsonSchema {
  $ref?: string;
  $id?: string;
  $schema?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  items?: JsonSchema;
  prefixItems?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  allOf?: readonly JsonSchema[];
  propertyNames?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
}

export interface ApiSchemas {
  /** By the name of the export. */
  readonly byName: ReadonlyMap<string, JsonSchema>;
  nameOf(schema: z.ZodType): string;
}

export const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

export async function readSchemas(): Promise<ApiSchemas> {
  const registry = z.registry<{ id: string }>();
  const names = new Map<z.ZodType, string>();
  const words = wordsBelow(API);
  for (const file of filesBelow(API)) {
    const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exported)) {
      if (!(value instanceof z.ZodType) || names.has(value)) continue;
      if ([...names.values()].includes(name)) throw new Error(`two schemas of src/api are called ${name}`);
      names.set(value, name);
      registry.add(value, { id: name });
    }
  }
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: (id) => refTo(id).$ref ?? "" });
  const byName = new Map<string, JsonSchema>();
  for (const [name, schema] of Object.entries(schemas as Record<string, JsonSchema>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  ))
    byName.set(name, spoken(schema, words, words.get(name)));
  return {
    byName,
    nameOf(schema) {
      const name = names.get(schema);
      if (name === undefined) throw new Error("a schema of an operation is not exported from src/api");
      return name;
    },
  };
}

/** In two rounds, because a schema may go on from one of a file that comes later. */
function wordsBelow(folder: string): ReadonlyMap<string, Words> {
  let words: ReadonlyMap<string, Words> = new Map();
  for (let round = 0; round < 2; round++)
    words = new Map(filesBelow(folder).flatMap((file) => [...schemaWords(file, readFileSync(file, "utf8"), words)]));
  return words;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** The schema with its words, and without what says nothing. */
function spoken(schema: JsonSchema, known: ReadonlyMap<string, Words>, words: Words | undefined): JsonSchema {
  const { $id: _id, $schema: _schema, maximum, minimum, propertyNames: _names, ...rest } = schema;
  const out: JsonSchema = { ...rest };
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) out.maximum = maximum;
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) out.minimum = minimum;
  // What a schema says of itself is said where it stands.
  const own = schema.$ref === undefined ? "" : known.get(schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1))?.text;
  if (words?.text && words.text !== own) out.description = words.text;
  const inner = words === undefined ? undefined : { ...words, text: "" };
  const below = (one: JsonSchema) => spoken(one, known, inner);
  if (schema.properties !== undefined)
    out.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, one]) => [name, spoken(one, known, words?.fields.get(name))]),
    );
  if (schema.items !== undefined) out.items = below(schema.items);
  if (schema.anyOf !== undefined) out.anyOf = schema.anyOf.map(below);
  if (typeof schema.additionalProperties === "object") out.additionalProperties = below(schema.additionalProperties);
  return out;
}
