// The syntax of RE2 (Go's regexp), read into a tree that linear-regex.ts runs.
//
//   choice   := sequence { "|" sequence }
//   sequence := { atom [ ("*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}") [ "?" ] ] }
//   atom     := "." | class | escape | "^" | "$" | char | "(" [ "?" flags ":" | "?P<name>" ] choice ")"
//
// Backreferences and lookaround don't exist in RE2, nor here. Greedy and lazy are the same, because
// nobody asks where a match lies.
import { invalidArgument } from "./app-error.ts";
import {
  anyChar,
  caseless,
  charSet,
  literalSet,
  PERL_CLASSES,
  POSIX_CLASSES,
  propertySet,
  rangeSet,
} from "./regex-class.ts";

export type CharTest = (codePoint: number) => boolean;
export type Assertion = "text start" | "text end" | "line start" | "line end" | "word edge" | "no word edge";

export type RegexNode =
  | { readonly kind: "char"; readonly test: CharTest }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly items: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly item: RegexNode; readonly min: number; readonly max: number };

interface Flags {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const MAX_PATTERN_CHARS = 8192;
/** Groups within groups: the reader calls itself once for each. */
const MAX_NESTING = 200;
const MAX_REPEAT = 1000;

const code = (char: string): number => char.codePointAt(0) ?? -1;
const SIMPLE_ESCAPES = new Map([..."atnrfv"].map((c, i) => [code(c), [7, 9, 10, 13, 12, 11][i] ?? 0]));
const ASSERTION_ESCAPES = new Map<string, Assertion>([
  ["A", "text start"],
  ["z", "text end"],
  ["b", "word edge"],
  ["B", "no word edge"],
]);

/** `dotAll`: whether `.` matches a newline to begin with. */
export function parseRegex(pattern: string, dotAll: boolean): RegexNode {
  return new PatternReader(pattern).read({ caseless: false, multiline: false, dotAll });
}

class PatternReader {
  readonly #pattern: string;
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#chars = Array.from(pattern);
  }

  read(flags: Flags): RegexNode {
    if (this.#chars.length > MAX_PATTERN_CHARS) throw this.#fail(0, `at most ${MAX_PATTERN_CHARS} characters`);
    const tree = this.#choice(flags, 0);
    if (this.#at < this.#chars.length) throw this.#fail(this.#at, 'no ")" without "("');
    return tree;
  }

  #fail(position: number, expected: string): Error {
    const shown = this.#pattern.length > 80 ? `${this.#pattern.slice(0, 80)}…` : this.#pattern;
    return invalidArgument(`regular expression ${JSON.stringify(shown)}: expected ${expected} at position ${position}`);
  }

  #accept(text: string): boolean {
    for (let k = 0; k < text.length; k++) if (this.#chars[this.#at + k] !== text[k]) return false;
    this.#at += text.length;
    return true;
  }

  #choice(flags: Flags, depth: number): RegexNode {
    if (depth > MAX_NESTING) throw this.#fail(this.#at, `at most ${MAX_NESTING} groups within each other`);
    const branches: RegexNode[] = [];
    let items: RegexNode[] = [];
    let current = flags;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === ")") break;
      if (char === "|") {
        this.#at++;
        branches.push({ kind: "sequence", items });
        items = [];
      } else if (this.#accept("\\Q")) {
        while (this.#at < this.#chars.length && !this.#accept("\\E"))
          items.push(this.#literal(this.#chars[this.#at++] ?? "", current));
      } else if (char === "(") {
        const opened = this.#at++;
        const inner = this.#groupFlags(current);
        if (inner.scope === "rest") {
          current = inner.flags;
          continue;
        }
        const body = this.#choice(inner.flags, depth + 1);
        if (!this.#accept(")")) throw this.#fail(this.#at, `")" for the "(" at ${opened}`);
        items.push(this.#repeated(body));
      } else {
        items.push(this.#repeated(this.#atom(current)));
      }
    }
    branches.push({ kind: "sequence", items });
    return { kind: "choice", items: branches };
  }

  /** After "(": plain and named groups keep the flags; `(?i)` sets them for the rest of the group around it. */
  #groupFlags(outer: Flags): { readonly scope: "group" | "rest"; readonly flags: Flags } {
    if (!this.#accept("?")) return { scope: "group", flags: outer };
    if (
      this.#accept("P<") ||
      (this.#chars[this.#at] === "<" && /[A-Za-z_]/.test(this.#chars[this.#at + 1] ?? "") && this.#accept("<"))
    ) {
      const close = this.#chars.indexOf(">", this.#at);
      if (close < 0 || !/^\w+$/.test(this.#chars.slice(this.#at, close).join("")))
        throw this.#fail(this.#at, "a group name and >");
      this.#at = close + 1;
      return { scope: "group", flags: outer };
    }
    const set = { ...outer };
    let on = true;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === "-" && on) on = false;
      else if (char === "i") set.caseless = on;
      else if (char === "m") set.multiline = on;
      else if (char === "s") set.dotAll = on;
      else if (char === "U") {
        // Swaps greedy and lazy: nothing to swap here.
      } else if (char === ":" || char === ")") break;
      else throw this.#fail(this.#at, "flags i, m, s, U or a group (lookaround is not supported)");
      this.#at++;
    }
    return { scope: this.#chars[this.#at++] === ")" ? "rest" : "group", flags: set };
  }

  #repeated(item: RegexNode): RegexNode {
    const count = this.#repetition();
    if (count === null) return item;
    this.#accept("?");
    const again = this.#at;
    if (this.#repetition() !== null) throw this.#fail(again, "no repetition of a repetition");
    return { kind: "repeat", item, min: count.min, max: count.max };
  }

  #repetition(): { readonly min: number; readonly max: number } | null {
    if (this.#accept("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept("?")) return { min: 0, max: 1 };
    if (this.#chars[this.#at] !== "{") return null;
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 16).join(""));
    if (found === null) return null; // not a count, so an ordinary brace
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    const most = max === Number.POSITIVE_INFINITY ? min : max;
    if (min > max || most > MAX_REPEAT)
      throw this.#fail(this.#at, `a repeat count of at most ${MAX_REPEAT}, smaller first`);
    this.#at += found[0].length;
    return { min, max };
  }

  #atom(flags: Flags): RegexNode {
    const char = this.#chars[this.#at] ?? "";
    if (char === "[") return { kind: "char", test: charSet(this.#bracketClass(), flags.caseless) };
    if (char === "\\") return this.#escapeSequence(flags);
    if (char === "*" || char === "+" || char === "?")
      throw this.#fail(this.#at, `something to repeat before "${char}"`);
    this.#at++;
    if (char === "^") return { kind: "assert", what: flags.multiline ? "line start" : "text start" };
    if (char === "$") return { kind: "assert", what: flags.multiline ? "line end" : "text end" };
    if (char === ".") return { kind: "char", test: anyChar(flags.dotAll) };
    return this.#literal(char, flags);
  }

  #literal(char: string, flags: Flags): RegexNode {
    return { kind: "char", test: caseless(code(char), flags.caseless) };
  }

  #escapeSequence(flags: Flags): RegexNode {
    const what = ASSERTION_ESCAPES.get(this.#chars[this.#at + 1] ?? "");
    if (what !== undefined) {
      this.#at += 2;
      return { kind: "assert", what };
    }
    const set = this.#classEscape();
    if (set !== null) return { kind: "char", test: charSet(set, flags.caseless) };
    return { kind: "char", test: caseless(this.#charEscape(), flags.caseless) };
  }

  /** `\d`, `\W`, `\pL`, `\p{Greek}`, or null and nothing read. */
  #classEscape(): string | null {
    if (this.#chars[this.#at] !== "\\") return null;
    const letter = this.#chars[this.#at + 1] ?? "";
    const perl = PERL_CLASSES.get(letter);
    if (perl !== undefined) {
      this.#at += 2;
      return perl;
    }
    if (letter !== "p" && letter !== "P") return null;
    const from = this.#at;
    this.#at += 2;
    let name = this.#chars[this.#at++] ?? "";
    if (name === "{") {
      const close = this.#chars.indexOf("}", this.#at);
      if (close < 0) throw this.#fail(from, "} after \\p{");
      name = this.#chars.slice(this.#at, close).join("");
      this.#at = close + 1;
    }
    const set = propertySet(name, letter === "P");
    if (set === null) throw this.#fail(from, "a Unicode category or script");
    return set;
  }

  /** The one character that an escape stands for. */
  #charEscape(): number {
    const from = this.#at++;
    const char = this.#chars[this.#at++];
    if (char === undefined) throw this.#fail(from, "a character after \\");
    const simple = SIMPLE_ESCAPES.get(code(char));
    if (simple !== undefined) return simple;
    const rest = this.#chars.slice(this.#at, this.#at + 12).join("");
    if (char === "x") {
      const hex = /^\{([0-9A-Fa-f]+)\}|^([0-9A-Fa-f]{2})/.exec(rest);
      const value = Number.parseInt(hex?.[1] ?? hex?.[2] ?? "", 16);
      if (hex === null || value > 0x10ffff) throw this.#fail(from, "\\x41 or \\x{1F600}");
      this.#at += hex[0].length;
      return value;
    }
    if (char >= "0" && char <= "7") {
      const more = /^[0-7]{0,2}/.exec(rest)?.[0] ?? "";
      if (char !== "0" && more === "") throw this.#fail(from, "no backreference");
      this.#at += more.length;
      return Number.parseInt(char + more, 8);
    }
    if (char < "\u0080" && !/\w/.test(char)) return code(char);
    throw this.#fail(from, "an escape that RE2 knows");
  }

  /** `[a-z\d[:alpha:]]` as the text of a set (regex-class.ts). */
  #bracketClass(): string {
    const opened = this.#at++;
    const negated = this.#accept("^");
    let set = "";
    for (let first = true; first || this.#chars[this.#at] !== "]"; first = false) {
      if (this.#at >= this.#chars.length) throw this.#fail(this.#at, `"]" for the "[" at ${opened}`);
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#chars.slice(this.#at, this.#at + 12).join(""));
      if (posix !== null) {
        const known = POSIX_CLASSES.get(posix[2] ?? "");
        if (known === undefined) throw this.#fail(this.#at, "a class such as [:alpha:]");
        set += posix[1] === "^" ? `[^${known}]` : known;
        this.#at += posix[0].length;
        continue;
      }
      const escaped = this.#classEscape();
      if (escaped !== null) {
        set += escaped;
        continue;
      }
      const low = this.#classChar(opened);
      if (this.#chars[this.#at] === "-" && this.#chars[this.#at + 1] !== "]" && this.#at + 1 < this.#chars.length) {
        const dash = this.#at++;
        const high = this.#classChar(opened);
        if (high < low) throw this.#fail(dash, "a range with its smaller end first");
        set += rangeSet(low, high);
      } else {
        set += literalSet(low);
      }
    }
    this.#at++;
    return negated ? `[^${set}]` : `[${set}]`;
  }

  #classChar(opened: number): number {
    if (this.#chars[this.#at] === "\\") return this.#charEscape();
    const char = this.#chars[this.#at++];
    if (char === undefined) throw this.#fail(this.#at, `"]" for the "[" at ${opened}`);
    return code(char);
  }
}
