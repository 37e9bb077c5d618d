// The one place where an error becomes an HTTP answer.
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DOCUMENTATION } from "../config.ts";
import { AppError, type ErrorCode } from "../lib/app-error.ts";
import { adviceOn, type Refused } from "./advice.ts";

type Answers = Readonly<Record<ErrorCode, readonly [ContentfulStatusCode, string]>>;

/** Status, and the code that Pyroscope 2 would put in the body for it. */
const ANSWERS: Answers = {
  invalid_argument: [400, "invalid_argument"],
  malformed_profile: [422, "unknown"],
  profile_too_large: [422, "unknown"],
  profile_too_old: [422, "unknown"],
  body_too_large: [413, "invalid_argument"],
  unauthenticated: [401, "unauthenticated"],
  permission_denied: [403, "permission_denied"],
  not_found: [404, "not_found"],
  conflict: [409, "already_exists"],
  method_not_allowed: [405, "unimplemented"],
  unsupported_media_type: [415, "unknown"],
  unimplemented: [501, "unimplemented"],
  rate_limited: [429, "resource_exhausted"],
  corrupt_storage: [500, "data_loss"],
  unavailable: [503, "unavailable"],
};

/** Connect has one word for what is wrong with a profile: invalid_argument, which agents do not send again. */
const CONNECT_ANSWERS: Answers = {
  ...ANSWERS,
  malformed_profile: [400, "invalid_argument"],
  profile_too_large: [400, "invalid_argument"],
  profile_too_old: [400, "invalid_argument"],
  body_too_large: [429, "resource_exhausted"],
};

/** Who is spoken to: a client of a Connect service, of Pyroscope 0.3x's JSON API (which has a list of messages), or of any other route. */
export type Dialect = "connect" | "old" | "plain";

const answerOf = (code: ErrorCode, dialect: Dialect): readonly [ContentfulStatusCode, string] =>
  (dialect === "connect" ? CONNECT_ANSWERS : ANSWERS)[code];

export const statusOf = (code: ErrorCode, dialect: Dialect = "plain"): ContentfulStatusCode =>
  answerOf(code, dialect)[0];

/** As Connect names it. */
export const connectCodeOf = (code: ErrorCode): string => answerOf(code, "connect")[1];

/** Whatever was thrown, as an AppError: what we don't know says nothing of itself to the client. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("unavailable", "something failed on our side; the same request may succeed if sent again", {
    retryAfterSeconds: 1,
  });
}

/** The page that explains an error. Each limit has an anchor of its name. @param root http/ports.ts, rootOf */
export function documentationOf({ code, facts: { documentation, limit } }: AppError, root: string): string {
  const page = limit === undefined ? `docs/errors.md#${code}` : `${DOCUMENTATION}#${limit}`;
  return `${root}/${documentation ?? page}`;
}

export function errorResponse(
  error: AppError,
  documentationRoot: string,
  { dialect = "plain", refused: what }: { readonly dialect: Dialect | undefined; readonly refused: Refused },
): Response {
  const [status, code] = answerOf(error.code, dialect);
  const { limit, actual, allowed, refused, retryAfterSeconds } = error.facts;
  const advice = adviceOn(error, what);
  const body = {
    code,
    reason: error.code,
    message: error.message,
    ...(dialect === "old" ? { errors: [error.message] } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(actual === undefined ? {} : { actual }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(advice === null ? {} : { advice }),
    ...(refused === undefined ? {} : { refused }),
    documentation: documentationOf(error, documentationRoot),
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
