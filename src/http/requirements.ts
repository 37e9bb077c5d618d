// Refusals that several routes share: texts that are too long, and one thing too many.
import { AppError, invalidArgument } from "../lib/app-error.ts";

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

/** A tenant has as many as it may have. */
export const tooMany = (limit: string, what: string, allowed: number): AppError =>
  new AppError("rate_limited", `there are ${allowed} ${what} already, limit ${limit} is ${allowed}`, {
    limit,
    allowed,
  });
