// Series selectors as Prometheus writes them, as far as profiles use them.
//
//   selector := name [ "{" items "}" ] | "{" items "}"
//   items    := [ item { "," item } [ "," ] ]            spaces anywhere
//   item     := label op string | string                  a string alone is the metric name
//   label    := identifier | string                       op := "=" | "!=" | "=~" | "!~"
//   string   := "…" or '…' with Go's escapes, or `…` without
import { invalidArgument } from "../lib/app-error.ts";
import { compileMatcher, type Matcher, type MatcherOp } from "./matcher.ts";

export interface PromSelector {
  /** The metric name: for profiles a profile type id. Null when the selector has none. */
  readonly name: string | null;
  readonly matchers: readonly Matcher[];
}

const OPS: readonly MatcherOp[] = ["=~", "!=", "!~", "="];
/** Type ids hold sample types, which may have dots and dashes; Prometheus itself would want those quoted. */
const NAME = /[A-Za-z0-9_:.\-/]*/y;
const LABEL = /[A-Za-z_][A-Za-z0-9_.]*/y;
const SPACE = /\s*/y;
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3}))/y;
const LETTERS: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

export function parsePromSelector(query: string): PromSelector {
  let at = 0;
  const matchers: Matcher[] = [];
  skipSpace();
  const nameAt = at;
  let name: string | null = take(NAME) || null;
  if (name !== null && /^[0-9.\-/]/.test(name)) throw fail(nameAt, "a name that begins with a letter");
  skipSpace();
  const braced = query[at] === "{";
  if (braced) braces();
  else if (name === null) throw fail(at, "a metric name or {");
  skipSpace();
  if (at < query.length) throw fail(at, braced ? "the end of the query" : "{ or the end of the query");
  return { name, matchers };

  function fail(position: number, expected: string): Error {
    const found = position >= query.length ? "the end" : JSON.stringify(query[position]);
    return invalidArgument(`query: expected ${expected} at position ${position}, got ${found}`);
  }

  function take(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(query)?.[0] ?? "";
    at += found.length;
    return found;
  }

  function skipSpace(): void {
    take(SPACE);
  }

  function setName(value: string, from: number): void {
    if (name !== null) throw fail(from, "the metric name only once");
    name = value;
  }

  function braces(): void {
    at++;
    for (;;) {
      skipSpace();
      if (query[at] === "}") break;
      item();
      skipSpace();
      if (query[at] === ",") at++;
      else if (query[at] !== "}") throw fail(at, "a comma or }");
    }
    at++;
  }

  function item(): void {
    const from = at;
    const quoted = isQuote(query[at]);
    const label = quoted ? string() : take(LABEL);
    if (!quoted && label === "") throw fail(at, "a label name or }");
    skipSpace();
    if (quoted && (query[at] === "," || query[at] === "}")) {
      setName(label, from);
      return;
    }
    const op = OPS.find((known) => query.startsWith(known, at));
    if (op === undefined) throw fail(at, "one of = != =~ !~");
    at += op.length;
    skipSpace();
    if (!isQuote(query[at])) throw fail(at, "a quoted value");
    const value = string();
    if (label === "__name__") {
      if (op !== "=") throw fail(from, "__name__ only with =");
      setName(value, from);
      return;
    }
    const matcher: Matcher = { name: label, op, value, anchored: true };
    compileMatcher(matcher);
    matchers.push(matcher);
  }

  function string(): string {
    const from = at;
    const quote = query[at++];
    let text = "";
    for (;;) {
      const char = query[at];
      if (char === undefined || (char === "\n" && quote !== "`"))
        throw fail(at, `a ${quote} that closes the one at ${from}`);
      if (char === quote) {
        at++;
        return text;
      }
      if (char === "\\" && quote !== "`") text += escaped();
      else {
        text += char;
        at++;
      }
    }
  }

  function escaped(): string {
    const from = at;
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(query);
    if (found === null) throw fail(from, 'an escape such as \\n, \\" or \\u00e9');
    at += found[0].length;
    const [, letter, hex, short, long, octal] = found;
    if (letter !== undefined) return LETTERS[letter] ?? letter;
    const char = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
    if (char > 0x10ffff || (char >= 0xd800 && char <= 0xdfff)) throw fail(from, "a character that exists");
    return String.fromCodePoint(char);
  }
}

const isQuote = (char: string | undefined): boolean => char === '"' || char === "'" || char === "`";
