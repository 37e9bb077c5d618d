// JSON becomes objects of several times its size before anything of it can be counted.
import { tooLarge } from "../lib/app-error.ts";

const MOST_JSON_BYTES = 32 * 1024 * 1024;

/** @throws AppError profile_too_large */
export function requireShortJson(bytes: Uint8Array): void {
  if (bytes.length > MOST_JSON_BYTES)
    throw tooLarge("jsonBytes", bytes.length, MOST_JSON_BYTES, "the JSON is too large when inflated");
}
