// How long a question's text may be. Each of its conditions is asked of every series, in the live objects too: a megabyte of them
// would keep an object for a minute.
import { LIMITS } from "../config.ts";
import { invalidArgument } from "../lib/app-error.ts";

/** @param texts of one question: they count together. @throws AppError invalid_argument */
export function requireShortQuery(texts: readonly string[]): void {
  const { queryTextBytes: allowed } = LIMITS;
  const actual = texts.reduce((sum, { length }) => sum + length, 0);
  if (actual <= allowed) return;
  throw invalidArgument(`query: ${actual} characters, limit queryTextBytes is ${allowed}`, {
    limit: "queryTextBytes",
    actual,
    allowed,
  });
}
