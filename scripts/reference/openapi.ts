// OpenAPI 3.1 of the REST API: the operations of src/api/reference and the schemas that they name.
import type { Content, Operation } from "../../src/api/reference/operation.ts";
import { type ApiSchemas, type JsonSchema, refTo } from "./schemas.ts";

export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: object;
  readonly servers: readonly object[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> } & Readonly<Record<string, object>>;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters: readonly OpenApiParameter[];
  readonly responses: Readonly<Record<string, object>>;
}

export function openApiOf(
  operations: readonly Operation[],
  schemas: ApiSchemas,
  version: string,
  error: string,
): OpenApi {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/(?<=\/):(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationOf(operation, schemas) };
  }
  const used = reachable(schemas, JSON.stringify(paths), error);
  return {
    openapi: "3.1.0",
    info: {
      title: "Edgeflame",
      version,
      description:
        "The REST part of the API. Services that clients call by Connect (Push, the querier and others) are described by the files in proto/.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: ".", description: "Where this document is" }],
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas.byName].filter(([name]) => used.has(name))),
      responses: {
        Refusal: {
          description: "A refusal, which says why",
          content: { "application/json": { schema: refTo(error) } },
        },
      },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A secret of EDGEFLAME_TOKEN" },
        basic: { type: "http", scheme: "basic", description: "The secret as the password; the name does not matter" },
      },
    },
  };
}

/** The parameters of an operation: those of its path, then those of its query. */
export function parametersOf({ path, parts = {}, query }: Operation, schemas: ApiSchemas): OpenApiParameter[] {
  const ofPath = [...path.matchAll(/(?<=\/):(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path" as const,
    required: true,
    ...(parts[name] === undefined ? {} : { description: parts[name] }),
    schema: { type: "string" },
  }));
  if (query === undefined) return ofPath;
  const schema = schemas.byName.get(schemas.nameOf(query));
  const ofQuery = Object.entries(schema?.properties ?? {}).map(([name, { description, ...one }]) => ({
    name,
    in: "query" as const,
    required: schema?.required?.includes(name) ?? false,
    ...(description === undefined ? {} : { description }),
    schema: one,
  }));
  return [...ofPath, ...ofQuery];
}

function operationOf(operation: Operation, schemas: ApiSchemas): OpenApiOperation {
  const { id, group, summary, details, scope, body, answers } = operation;
  const contentOf = (content: readonly Content[]) =>
    Object.fromEntries(
      content.map(({ type, schema }) => [type, schema === undefined ? {} : { schema: refTo(schemas.nameOf(schema)) }]),
    );
  const responses = answers.map(({ status, what, content }) => [
    String(status),
    { description: what, ...(content === undefined ? {} : { content: contentOf(content) }) },
  ]);
  return {
    operationId: id,
    ...{ tags: [group], summary },
    ...(details === undefined ? {} : { description: details }),
    security: scope === "open" ? [] : [{ bearer: [scope] }, { basic: [scope] }],
    parameters: parametersOf(operation, schemas),
    ...(body === undefined ? {} : { requestBody: { description: body.what, content: contentOf(body.content) } }),
    responses: Object.fromEntries([...responses, ["default", { $ref: "#/components/responses/Refusal" }]]),
  } as OpenApiOperation;
}

/** Names of the schemas that a text refers to, by others too. */
function reachable({ byName }: ApiSchemas, text: string, first: string): Set<string> {
  const names = new Set<string>([first]);
  const visit = (json: string): void => {
    for (const [, name = ""] of json.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      visit(JSON.stringify(byName.get(name)));
    }
  };
  visit(text);
  visit(JSON.stringify(byName.get(first)));
  return names;
}
