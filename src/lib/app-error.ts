// The one error type of the project. Inner layers say what is wrong (a code, the limit, the
// actual value, what to do); only http/errors.ts knows which status each code has.

export type ErrorCode =
  /** A request parameter can't be understood. */
  | "invalid_argument"
  /** Bytes that are not the profile they claim to be. */
  | "malformed_profile"
  /** A well-formed profile beyond a limit of config.ts. */
  | "profile_too_large"
  /** Older than the window that this server was told to take. */
  | "profile_too_old"
  /** The request body itself is beyond its limit. */
  | "body_too_large"
  | "unauthenticated"
  | "permission_denied"
  | "not_found"
  /** Written by somebody else since the sender read it. */
  | "conflict"
  | "method_not_allowed"
  | "unsupported_media_type"
  /** Understood, but not to be had here. */
  | "unimplemented"
  | "rate_limited"
  /** Stored bytes that don't read back: our fault, never the client's. */
  | "corrupt_storage"
  /** A part of the service is not there right now; the same request may succeed later. */
  | "unavailable";

export interface ErrorFacts {
  /** Name of the limit, as in config.ts and the documentation. */
  readonly limit?: string;
  readonly actual?: number | string;
  readonly allowed?: number | string;
  /** What to do about it, where that is known better than by limit and code. */
  readonly advice?: string;
  /** Path of the page that explains it, below the documentation root; of a limit it is known by its name. */
  readonly documentation?: string;
  /** Of a request of many profiles: those that were not taken, the first of them at least. */
  readonly refused?: readonly RefusedProfile[];
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
}

export interface RefusedProfile {
  /** Which of the request's profiles, from 1. */
  readonly profile: number;
  /** As sent; "" for none. */
  readonly id: string;
  readonly message: string;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.facts = facts;
  }
}

export const malformed = (message: string, facts: ErrorFacts = {}): AppError =>
  new AppError("malformed_profile", message, facts);
export const invalidArgument = (message: string, facts: ErrorFacts = {}): AppError =>
  new AppError("invalid_argument", message, facts);
export const corrupt = (message: string): AppError => new AppError("corrupt_storage", message);

/** A profile that is well-formed but past a limit: names the limit, the actual value and what is allowed. */
export const tooLarge = (limit: string, actual: number | string, allowed: number | string, what: string): AppError =>
  new AppError("profile_too_large", `${what}: ${actual}, limit ${limit} is ${allowed}`, {
    limit,
    actual,
    allowed,
  });
