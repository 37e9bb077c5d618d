// The reference as blocks: every operation with its parameters, answers and a command to try it, then the Connect services, then schemas.
import type { DescService } from "@bufbuild/protobuf";
import type { Content, Operation } from "../../src/api/reference/operation.ts";
import type { Block } from "./blocks.ts";
import { curlOf, SERVER } from "./curl.ts";
import { type OpenApi, parametersOf } from "./openapi.ts";
import type { ApiSchemas, JsonSchema } from "./schemas.ts";
import { fieldsOf } from "./services.ts";

export interface Source {
  readonly operations: readonly Operation[];
  readonly schemas: ApiSchemas;
  readonly services: readonly DescService[];
  readonly openApi: OpenApi;
}

const INTRODUCTION: readonly Block[] = [
  { kind: "heading", level: 1, text: "API", id: "top" },
  {
    kind: "text",
    text: 'Times are unix seconds, milliseconds, microseconds or nanoseconds, `now`, or `now-1h` (s, m, h, d, w, M, y). A query is an old name with matchers, `shop.cpu{region="eu"}`, or the id of a profile type with a selector, `process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="shop"}`: both read the same data.',
  },
  {
    kind: "text",
    text: "Where the server has tokens, each operation says which scope it needs: `Authorization: Bearer SECRET`, or the secret as the password of Basic. A token of the scope `admin` may do everything. Without tokens an embedded server is open to its own machine.",
  },
  {
    kind: "text",
    text: "A refusal is an [ErrorResponse](#schema-ErrorResponse) with its status; `X-Request-Id` names the request in the server's log. Answers of more than a kilobyte are gzipped for clients that take that.",
  },
];

/** @param files addresses of the pages beside it, by the place that it is read at */
export function referenceOf(source: Source, files: { readonly openApi: string; readonly errors: string }): Block[] {
  const { operations, services, openApi } = source;
  return [
    ...INTRODUCTION,
    {
      kind: "text",
      text: `The REST part as OpenAPI 3.1: [openapi.json](${files.openApi}). Codes of errors: [errors](${files.errors}).`,
    },
    {
      kind: "list",
      items: [
        ...openApi.tags.map(({ name }) => {
          const own = operations.filter(({ group }) => group === name);
          return `${name}: ${own.map(({ id, method, path }) => `[${method} ${path}](#${id})`).join(", ")}`;
        }),
        `Connect services: ${services.map(({ typeName }) => `[${typeName}](#${typeName})`).join(", ")}`,
        "[Schemas](#schemas)",
      ],
    },
    ...openApi.tags.flatMap(({ name }) => [
      { kind: "heading", level: 2, text: name, id: idOf(name) } as const,
      ...operations.filter(({ group }) => group === name).flatMap((operation) => operationBlocks(operation, source)),
    ]),
    { kind: "heading", level: 2, text: "Connect services", id: "services-of-connect" },
    {
      kind: "text",
      text: "Unary calls by POST, as Connect in protobuf (`application/proto`) or JSON (`application/json`), gzipped or not, or as gRPC-Web. What fields mean is in the files of `proto/`; a client of any language can be made from them. In JSON, `int64` is a string and `bytes` are base64.",
    },
    ...services.flatMap(serviceBlocks),
    { kind: "heading", level: 2, text: "Schemas", id: "schemas" },
    ...Object.entries(openApi.components.schemas).flatMap(([name, schema]) => schemaBlocks(name, schema)),
  ];
}

const idOf = (text: string): string => text.toLowerCase().replaceAll(/\W+/g, "-");

function operationBlocks(operation: Operation, { schemas }: Source): Block[] {
  const { id, method, path, scope, summary, details, body, answers } = operation;
  const parameters = parametersOf(operation, schemas);
  const blocks: Block[] = [
    { kind: "heading", level: 3, text: `${method} ${path}`, id },
    { kind: "text", text: `${summary}. ${details ?? ""}`.trim() },
    { kind: "text", text: scope === "open" ? "Scope: none needed." : `Scope: \`${scope}\`.` },
  ];
  if (parameters.length > 0)
    blocks.push({
      kind: "table",
      head: ["parameter", "in", "type", "what"],
      rows: parameters.map((one) => [
        `\`${one.name}\`${one.required ? ", required" : ""}`,
        one.in,
        typeText(one.schema),
        oneLine(one.description ?? ""),
      ]),
    });
  if (body !== undefined)
    blocks.push({ kind: "text", text: `Body: ${body.what}: ${contentText(body.content, schemas)}.` });
  blocks.push({
    kind: "table",
    head: ["status", "what", "body"],
    rows: answers.map(({ status, what, content }) => [String(status), what, contentText(content ?? [], schemas)]),
  });
  blocks.push({ kind: "code", text: curlOf(operation), label: `${method} ${path} by curl` });
  return blocks;
}

const contentText = (content: readonly Content[], schemas: ApiSchemas): string =>
  content
    .map(({ type, schema }) =>
      schema === undefined ? `\`${type}\`` : `${linkTo(schemas.nameOf(schema))} (\`${type}\`)`,
    )
    .join(", ");

const linkTo = (name: string): string => `[${name}](#schema-${name})`;

function serviceBlocks({ typeName, methods, file }: DescService): Block[] {
  const [first] = methods;
  return [
    { kind: "heading", level: 3, text: typeName, id: typeName },
    { kind: "text", text: `Described by \`proto/${file.name}.proto\`.` },
    {
      kind: "table",
      head: ["method", "asks with", "answers with"],
      rows: methods.map(({ name, input, output }) => [`\`${name}\``, fieldsOf(input), fieldsOf(output)]),
    },
    {
      kind: "code",
      text: `curl -H 'Content-Type: application/json' ${SERVER}/${typeName}/${first?.name ?? ""} --data '{}'`,
      label: `${typeName} by curl`,
    },
  ];
}

function schemaBlocks(name: string, schema: JsonSchema): Block[] {
  const rows = fieldRows(schema, "");
  const heading: Block = { kind: "heading", level: 3, text: name, id: `schema-${name}` };
  const words = wordBlocks(schema.description ?? "", name);
  if (rows.length === 0) return [heading, ...words, { kind: "text", text: `Is ${typeText(schema)}.` }];
  return [heading, ...words, { kind: "table", head: ["field", "type", "what"], rows }];
}

/** What is drawn in a comment stays as it was drawn. */
function wordBlocks(text: string, label: string): Block[] {
  return text
    .split("\n\n")
    .filter((part) => part.trim() !== "")
    .map((part) =>
      part.startsWith("  ")
        ? { kind: "code", text: part.replaceAll(/^ {2}/gm, ""), label: `${label}, drawn` }
        : { kind: "text", text: oneLine(part) },
    );
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** Fields with those of what is written out inside them: `classes[].finest`. */
function fieldRows(schema: JsonSchema, prefix: string): string[][] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const path = `${prefix}${name}`;
    const isOptional = !(schema.required?.includes(name) ?? false);
    const row = [`\`${path}\`${isOptional ? ", optional" : ""}`, typeText(one), oneLine(one.description ?? "")];
    return [row, ...fieldRows(one, `${path}.`)];
  });
  const [items, values] = [schema.items, schema.additionalProperties];
  const trimmed = prefix.replace(/\.$/, "");
  return [
    ...own,
    ...(items === undefined ? [] : fieldRows(items, `${trimmed}[].`)),
    ...(typeof values === "object" ? fieldRows(values, `${prefix}*.`) : []),
    ...(schema.anyOf ?? []).flatMap((one) => fieldRows(one, prefix)),
  ];
}

function typeText(schema: JsonSchema): string {
  const { $ref, anyOf, items, additionalProperties, properties, type } = schema;
  if ($ref !== undefined) return linkTo($ref.slice($ref.lastIndexOf("/") + 1));
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${JSON.stringify(one)}\``).join(" or ");
  if (anyOf !== undefined) return anyOf.map(typeText).join(" or ");
  if (items !== undefined) return `list of ${typeText(items)}${bounds(schema.minItems, schema.maxItems)}`;
  if (typeof additionalProperties === "object" && properties === undefined)
    return `map of ${typeText(additionalProperties)}`;
  if (properties !== undefined) return "object";
  const name = typeof type === "string" ? type : (type ?? ["anything"]).join(" or ");
  if (type === "string") return `${name}${bounds(undefined, schema.maxLength, " characters")}`;
  const usual = schema.default === undefined ? "" : `, usually ${JSON.stringify(schema.default)}`;
  return `${name}${bounds(schema.minimum, schema.maximum)}${usual}`;
}

function bounds(least: number | undefined, most: number | undefined, unit = ""): string {
  if (least === undefined && most === undefined) return "";
  if (least === undefined) return `, up to ${most}${unit}`;
  return most === undefined ? `, from ${least}${unit}` : `, ${least} to ${most}${unit}`;
}
