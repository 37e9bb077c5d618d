// FlameQL, the old query language: an app's dotted name and conditions on labels.
//
//   query   := app [ "{" [ matcher { "," matcher } ] "}" ]        nothing may follow the }
//   matcher := key ("=" | "!=" | "=~" | "!~") '"' value '"'       or nothing: `{,}` is fine
//
// A backslash before a quote keeps the quote from ending the value, and both stay in it.
import { invalidArgument } from "../lib/app-error.ts";
import { compileMatcher, type Matcher, type MatcherOp } from "./matcher.ts";

/** With a colon, only names that selector.ts sends here: others are read as profile type ids. */
const APP_CHAR = /[A-Za-z0-9_.:\-/]/;
const KEY_CHAR = /[A-Za-z0-9_.]/;
const OPS: readonly MatcherOp[] = ["=~", "!=", "!~", "="];

export interface FlameQuery {
  /** The app's old name, `app.cpu`. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

export function parseFlameql(query: string): FlameQuery {
  const start = query.length - query.trimStart().length;
  const end = query.trimEnd().length;
  let at = start;

  while (at < end && query[at] !== "{") {
    if (!APP_CHAR.test(query[at] ?? ""))
      throw fail(at, "a letter, digit or one of _ . - / in the application name, or {");
    at++;
  }
  const name = query.slice(start, at);
  if (name === "") throw fail(at, "an application name");
  if (at >= end) return { name, matchers: [] };

  at++;
  const matchers: Matcher[] = [];
  for (;;) {
    skipSpace();
    if (query[at] === ",") {
      at++;
      continue;
    }
    if (query[at] === "}") break;
    matchers.push(matcher());
    skipSpace();
    if (query[at] !== "," && query[at] !== "}") throw fail(at, "a comma or }");
  }
  if (at + 1 < end) throw fail(at + 1, "nothing after the }");
  return { name, matchers };

  function fail(position: number, expected: string): Error {
    const found = position >= end ? "the end" : JSON.stringify(query[position]);
    return invalidArgument(`query: expected ${expected} at position ${position}, got ${found}`);
  }

  function skipSpace(): void {
    while (at < end && /\s/.test(query[at] ?? "")) at++;
  }

  function matcher(): Matcher {
    const from = at;
    while (at < end && KEY_CHAR.test(query[at] ?? "")) at++;
    const key = query.slice(from, at);
    if (key === "") throw fail(at, "a label name");
    if (key === "__name__") throw fail(from, "no __name__, which is reserved: the application name comes before the {");
    const op = OPS.find((known) => query.startsWith(known, at));
    if (op === undefined) throw fail(at, "one of = != =~ !~");
    at += op.length;
    const value = quoted();
    const read: Matcher = { name: key, op, value, anchored: false };
    if (key === "profile_id" && op !== "=") throw fail(from, "profile_id only with =");
    compileMatcher(read);
    return read;
  }

  function quoted(): string {
    if (query[at] !== '"') throw fail(at, 'a value in double quotes (")');
    const from = ++at;
    while (at < end && !(query[at] === '"' && query[at - 1] !== "\\")) at++;
    // A value may end with a backslash: `{a="C:\"}` has no later quote to end at.
    if (at >= end) throw fail(end, 'a closing quote (")');
    return query.slice(from, at++);
  }
}
