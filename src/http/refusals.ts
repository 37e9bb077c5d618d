// Whatever is refused or fails is counted and logged once, here.
import { AppError } from "../lib/app-error.ts";
import { logEvent } from "../lib/log.ts";
import type { AppContext } from "./context.ts";
import { asAppError, statusOf } from "./errors.ts";
import { countRejection } from "./metrics.ts";

export function noteRefusal(c: AppContext, thrown: unknown): void {
  const error = asAppError(thrown);
  const status = statusOf(error.code, c.get("dialect"));
  countRejection(error.code);
  c.get("upload")?.refused(error, status);
  const facts = { requestId: c.get("requestId"), method: c.req.method, path: new URL(c.req.url).pathname, status };
  const cause =
    thrown instanceof AppError
      ? {}
      : { cause: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  const isOurFault = status >= 500 && error.code !== "unimplemented";
  logEvent(isOurFault ? "failed" : "refused", { ...facts, reason: error.code, message: error.message, ...cause });
}
