// The one place where an error becomes an HTTP answer.
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, type ErrorCode } from "../lib/app-error.ts";
import { limitAdvice } from "./limit-advice.ts";

/** Status, and the code that Pyroscope 2 would put in the body for it. */
const ANSWERS = {
  invalid_argument: [400, "invalid_argument"],
  malformed_profile: [422, "unknown"],
  profile_too_large: [422, "unknown"],
  profile_too_old: [422, "unknown"],
  body_too_large: [413, "invalid_argument"],
  unauthenticated: [401, "unauthenticated"],
  permission_denied: [403, "permission_denied"],
  not_found: [404, "not_found"],
  method_not_allowed: [405, "unimplemented"],
  unsupported_media_type: [415, "unknown"],
  rate_limited: [429, "resource_exhausted"],
  corrupt_storage: [500, "data_loss"],
  unavailable: [503, "unavailable"],
} satisfies Record<ErrorCode, readonly [ContentfulStatusCode, string]>;

export const statusOf = (code: ErrorCode): ContentfulStatusCode => ANSWERS[code][0];

/** Whatever was thrown, as an AppError: what we don't know says nothing of itself to the client. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("unavailable", "something failed on our side; the same request may succeed if sent again", {
    retryAfterSeconds: 1,
  });
}

export function errorResponse(error: AppError, documentationRoot: string): Response {
  const [status, code] = ANSWERS[error.code];
  const { limit, actual, allowed, documentation, refused, retryAfterSeconds } = error.facts;
  const advice = limitAdvice(error);
  const body = {
    code,
    reason: error.code,
    message: error.message,
    ...(limit === undefined ? {} : { limit }),
    ...(actual === undefined ? {} : { actual }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(advice === null ? {} : { advice }),
    ...(refused === undefined ? {} : { refused }),
    documentation: `${documentationRoot}/${documentation ?? `docs/errors.md#${error.code}`}`,
  };
  const headers: Record<string, string> = {
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  if (error.code === "unauthenticated")
    headers["www-authenticate"] = 'Bearer realm="edgeflame", Basic realm="edgeflame"';
  return new Response(JSON.stringify(body), { status, headers });
}
