// What to do about a refused upload, for the inbox: whoever reads it did not see the answer that the agent got.
import type { AppError, ErrorCode } from "../lib/app-error.ts";
import { limitAdvice } from "./limit-advice.ts";

const ADVICE = {
  invalid_argument: "Correct what the message names where the agent is set up; until then it sends the same again.",
  malformed_profile:
    "The body is not the format it was taken for. Compare the first bytes with the format: the parameter `format` and the Content-Type choose it.",
  profile_too_large:
    "Send less at once: a shorter upload interval, fewer distinct labels on samples, or several requests.",
  profile_too_old: "Set the sender's clock, or let the server take older profiles (EDGEFLAME_TOO_OLD_SECONDS).",
  body_too_large: "Send less at once: a shorter upload interval, gzip, or several requests.",
  unauthenticated: "Give the agent a token with the scope write: as Bearer token, or as the password of Basic.",
  permission_denied: "Give the agent a token with the scope write; the one it sends has another.",
  not_found: "Give the agent the server's address alone: it adds the path itself.",
  method_not_allowed: "Send it with POST.",
  unsupported_media_type: "Send one of the types that the message lists.",
  unimplemented: "Send it as the message says: gzip is the only compression.",
  rate_limited: "Send less often, or raise the tenant's rate. Agents may send this one again later.",
  corrupt_storage: "A fault of the server: its log has the request.",
  unavailable: "Nothing is wrong with the upload: agents may send it again.",
} satisfies Record<ErrorCode, string>;

/** What the limit says, if one was passed; else what the kind of error says. */
export const adviceOn = (error: AppError): string => limitAdvice(error) ?? ADVICE[error.code];
