// The Connect services, from what the compiler made of proto/.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DescField, DescMessage, DescService } from "@bufbuild/protobuf";

const GENERATED = join(import.meta.dirname, "../../src/connect/gen");

export async function readServices(): Promise<DescService[]> {
  const files = readdirSync(GENERATED, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("_pb.ts"));
  const found: DescService[] = [];
  for (const file of files.sort()) {
    const exported = (await import(pathToFileURL(join(GENERATED, file)).href)) as Record<string, unknown>;
    for (const value of Object.values(exported)) if (isService(value)) found.push(value);
  }
  return found.sort((a, b) => (a.typeName < b.typeName ? -1 : 1));
}

const isService = (value: unknown): value is DescService =>
  typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "service";

/** Names as JSON has them, with types. A message of others is told by its name. */
export function fieldsOf({ typeName, fields }: DescMessage): string {
  if (typeName.startsWith("google.")) return typeName;
  return fields.map((field) => `\`${field.jsonName}\` ${typeOf(field)}`).join(", ") || "nothing";
}

function typeOf(field: DescField): string {
  switch (field.fieldKind) {
    case "scalar":
      return scalarName(field.scalar);
    case "message":
      return field.message.name;
    case "enum":
      return field.enum.name;
    case "list":
      return `list of ${field.listKind === "scalar" ? scalarName(field.scalar) : field.listKind === "enum" ? field.enum.name : field.message.name}`;
    case "map":
      return "map";
  }
}

/** By ScalarType. */
function scalarName(scalar: number): string {
  if ([3, 4, 6, 16, 18].includes(scalar)) return "int64";
  return { 1: "number", 2: "number", 8: "true or false", 9: "string", 12: "bytes" }[scalar] ?? "integer";
}
