// What an operation of the REST API is to its reference: openapi.json, docs/api.md and /api/docs are made of lists of these
// (scripts/reference). Words about single fields stand in the schemas, as comments.
import type { z } from "zod";

export type Group = "Uploads" | "Flame graphs" | "What there is" | "Managing" | "Sharing" | "Files" | "Operating";

export interface Content {
  readonly type: string;
  /** JSON has one. */
  readonly schema?: z.ZodType;
}

export interface OperationAnswer {
  readonly status: number;
  readonly what: string;
  readonly content?: readonly Content[];
}

/** What curl sends; a test sends the same, and holds the answer against its schema. */
export interface Example {
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** Name of a file of whoever reads this. */
  readonly file?: string;
  /** Content type of a text or file, where curl's own would not do. */
  readonly type?: string;
}

export interface Operation {
  readonly id: string;
  readonly group: Group;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As the router has it: `/api/deletions/:id`. */
  readonly path: string;
  /** What the token must allow; "open": it needs none. */
  readonly scope: "write" | "read" | "admin" | "open";
  /** One line. */
  readonly summary: string;
  readonly details?: string;
  /** What the parts of the path are. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: z.ZodObject;
  readonly body?: { readonly what: string; readonly content: readonly Content[] };
  readonly answers: readonly OperationAnswer[];
  readonly example: Example;
}

export const JSON_TYPE = "application/json";
export const json = (schema: z.ZodType): readonly Content[] => [{ type: JSON_TYPE, schema }];
/** The usual answer. */
export const found = (what: string, schema: z.ZodType): readonly OperationAnswer[] => [
  { status: 200, what, content: json(schema) },
];
