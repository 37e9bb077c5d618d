// Refusals that several routes share: texts that are too long or no base64, and one thing too many.
import { AppError, invalidArgument } from "../lib/app-error.ts";
import { fromBase64 } from "../lib/base64.ts";

const UTF8 = new TextEncoder();

/** @throws AppError invalid_argument */
export function requireTextBytes(limit: string, what: string, text: string, allowed: number): void {
  const actual = UTF8.encode(text).length;
  if (actual <= allowed) return;
  throw invalidArgument(`${what} has ${actual} bytes, limit ${limit} is ${allowed}`, {
    limit,
    actual,
    allowed,
  });
}

/** Of the field `profile`. @throws AppError invalid_argument */
export function profileBytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(base64);
  } catch {
    throw invalidArgument("profile is not base64");
  }
}

/** A tenant has as many as it may have. */
export const tooMany = (limit: string, what: string, allowed: number): AppError =>
  new AppError("rate_limited", `there are ${allowed} ${what} already, limit ${limit} is ${allowed}`, {
    limit,
    allowed,
  });
