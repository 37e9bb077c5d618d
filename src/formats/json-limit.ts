// JSON becomes objects of several times its size before anything of it can be counted.
import { LIMITS } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";

/** @throws AppError profile_too_large */
export function requireShortJson(bytes: Uint8Array): void {
  if (bytes.length > LIMITS.jsonBytes)
    throw tooLarge("jsonBytes", bytes.length, LIMITS.jsonBytes, "the JSON is too large when inflated");
}
