// A JSON body that has the shape of its schema, or a refusal that says where it differs.
import type { z } from "zod";
import { invalidArgument } from "../lib/app-error.ts";
import { readBody } from "./body.ts";

/** Requests of the API are small: names, a selector, a few numbers. */
const MOST_BYTES = 256 * 1024;

/** @throws AppError invalid_argument */
export async function readJson<T>(request: Request, schema: z.ZodType<T>, mostBytes = MOST_BYTES): Promise<T> {
  return checked(schema, parsed(await readText(request, mostBytes)));
}

export async function readText(request: Request, mostBytes = MOST_BYTES): Promise<string> {
  return new TextDecoder().decode(await readBody(request, mostBytes));
}

export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join(".") || "the body";
  throw invalidArgument(`${where}: ${issue?.message ?? "not understood"}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidArgument("the body is not JSON");
  }
}
