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
  return new SelectorReader(query).read();
}

class SelectorReader {
  readonly #query: string;
  readonly #matchers: Matcher[] = [];
  #name: string | null = null;
  #at = 0;

  constructor(query: string) {
    this.#query = query;
  }

  read(): PromSelector {
    this.#skipSpace();
    const from = this.#at;
    const name = this.#take(NAME);
    if (/^[0-9.\-/]/.test(name)) throw this.#fail(from, "a name that begins with a letter");
    if (name !== "") this.#name = name;
    this.#skipSpace();
    const braced = this.#query[this.#at] === "{";
    if (braced) this.#braces();
    else if (name === "") throw this.#fail(this.#at, "a metric name or {");
    this.#skipSpace();
    if (this.#at < this.#query.length)
      throw this.#fail(this.#at, braced ? "the end of the query" : "{ or the end of the query");
    return { name: this.#name, matchers: this.#matchers };
  }

  #fail(position: number, expected: string): Error {
    const found = position >= this.#query.length ? "the end" : JSON.stringify(this.#query[position]);
    return invalidArgument(`query: expected ${expected} at position ${position}, got ${found}`);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#query)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#take(SPACE);
  }

  #setName(value: string, from: number): void {
    if (this.#name !== null) throw this.#fail(from, "the metric name only once");
    this.#name = value;
  }

  #braces(): void {
    this.#at++;
    for (;;) {
      this.#skipSpace();
      if (this.#query[this.#at] === "}") break;
      this.#item();
      this.#skipSpace();
      if (this.#query[this.#at] === ",") this.#at++;
      else if (this.#query[this.#at] !== "}") throw this.#fail(this.#at, "a comma or }");
    }
    this.#at++;
  }

  #item(): void {
    const from = this.#at;
    const quoted = isQuote(this.#query[this.#at]);
    const label = quoted ? this.#string() : this.#take(LABEL);
    if (!quoted && label === "") throw this.#fail(this.#at, "a label name or }");
    this.#skipSpace();
    if (quoted && (this.#query[this.#at] === "," || this.#query[this.#at] === "}")) {
      this.#setName(label, from);
      return;
    }
    const op = OPS.find((known) => this.#query.startsWith(known, this.#at));
    if (op === undefined) throw this.#fail(this.#at, "one of = != =~ !~");
    this.#at += op.length;
    this.#skipSpace();
    if (!isQuote(this.#query[this.#at])) throw this.#fail(this.#at, "a quoted value");
    const value = this.#string();
    if (label === "__name__") {
      if (op !== "=") throw this.#fail(from, "__name__ only with =");
      this.#setName(value, from);
      return;
    }
    const matcher: Matcher = { name: label, op, value, anchored: true };
    compileMatcher(matcher);
    this.#matchers.push(matcher);
  }

  #string(): string {
    const from = this.#at;
    const quote = this.#query[this.#at++];
    let text = "";
    for (;;) {
      const char = this.#query[this.#at];
      if (char === undefined || (char === "\n" && quote !== "`"))
        throw this.#fail(this.#at, `a ${quote} that closes the one at ${from}`);
      if (char === quote) {
        this.#at++;
        return text;
      }
      if (char === "\\" && quote !== "`") text += this.#escaped();
      else {
        text += char;
        this.#at++;
      }
    }
  }

  #escaped(): string {
    const from = this.#at;
    ESCAPE.lastIndex = this.#at;
    const found = ESCAPE.exec(this.#query);
    if (found === null) throw this.#fail(from, 'an escape such as \\n, \\" or \\u00e9');
    this.#at += found[0].length;
    const [, letter, hex, short, long, octal] = found;
    if (letter !== undefined) return LETTERS[letter] ?? letter;
    const char = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
    if (char > 0x10ffff || (char >= 0xd800 && char <= 0xdfff)) throw this.#fail(from, "a character that exists");
    return String.fromCodePoint(char);
  }
}

const isQuote = (char: string | undefined): boolean => char === '"' || char === "'" || char === "`";
