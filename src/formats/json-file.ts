// Files of JSON: bounded before they are read, and anybody's after.
import type { Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import { jsonSize } from "../lib/json-bounds.ts";

export type Json = Readonly<Record<string, unknown>>;

const UTF8 = new TextDecoder();
/** Old call trees of Chrome are nested twice for each frame. */
const MOST_DEPTH = 10_000;
/** Formats have some tens. */
const MOST_NAMES = 100_000;
/** Each part takes some tens of bytes. Real files have one for every thirty bytes or so. */
const BYTES_PER_PART = 16;

/**
 * JSON becomes objects of several times its size before anything of it can be counted.
 * @param format what messages begin with
 * @throws AppError malformed_profile, profile_too_large
 */
export function parseJson(bytes: Uint8Array, format: string, { jsonBytes }: Pick<Limits, "jsonBytes">): unknown {
  if (bytes.length > jsonBytes)
    throw tooLarge("jsonBytes", bytes.length, jsonBytes, "the JSON is too large when inflated");
  const { depth, parts, names } = jsonSize(bytes);
  requireShallow(depth, MOST_DEPTH, format);
  const mostParts = Math.floor(jsonBytes / BYTES_PER_PART);
  if (names > MOST_NAMES) throw tooLarge("jsonParts", names, MOST_NAMES, "names in the JSON");
  if (parts > mostParts) throw tooLarge("jsonParts", parts, mostParts, "lists, objects and texts of the JSON");
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    throw malformed(`${format}: ${error instanceof Error ? error.message.slice(0, 200) : "no JSON"}`);
  }
}

/** @throws AppError profile_too_large */
export function requireShallow(depth: number, most: number, format: string): void {
  if (depth > most) throw tooLarge("jsonNesting", depth, most, `${format}: lists and objects within one another`);
}

/**
 * @param what as in "speedscope: frame 3"
 * @throws AppError malformed_profile
 */
export function recordOf(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(`${what} is no object`);
  return value as Json;
}
