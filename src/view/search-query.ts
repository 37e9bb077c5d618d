/**
 * What stands in the search box → a test for names. Terms are separated by commas and any of them may match:
 *
 *   order             the text anywhere in the name, capitals do not matter
 *   /^main\..*Car$/   a regular expression, capitals do not matter
 *   "main.work"       exactly this name
 *
 * A search comes with the link, so it may be hostile: a pattern that can take exponential time is refused.
 */

export type NameTest = (name: string) => boolean;
export type ParsedSearch =
  | { readonly kind: "none" }
  /** `only` is set when the search is for exactly one function. */
  | { readonly kind: "test"; readonly test: NameTest; readonly only?: string }
  | { readonly kind: "error"; readonly reason: string };

const MAX_SEARCH_CHARS = 1_000;
/** A regular expression sees this much of a name. */
const MAX_REGEX_INPUT_CHARS = 300;
const REGEX_TERM = /^\/((?:[^\\/]|\\.|\/(?!\s*(?:,|$)))+)\/\s*(?:,|$)/;
const EXACT_TERM = /^"((?:[^"\\]|\\.)*)"\s*(?:,|$)/;
const PLAIN_TERM = /^([^,]*)(?:,|$)/;

export function parseSearch(text: string): ParsedSearch {
  if (text.length > MAX_SEARCH_CHARS)
    return { kind: "error", reason: `The search is longer than ${MAX_SEARCH_CHARS} characters.` };
  const tests: NameTest[] = [];
  let only: string | undefined;
  let rest = text.trimStart();
  while (rest !== "") {
    const regex = REGEX_TERM.exec(rest);
    const exact = EXACT_TERM.exec(rest);
    const term = regex ?? exact ?? PLAIN_TERM.exec(rest);
    if (!term) break;
    rest = rest.slice(term[0].length).trimStart();
    const body = term[1] ?? "";
    if (regex) {
      const test = regexTest(body);
      if (typeof test === "string") return { kind: "error", reason: test };
      tests.push(test);
    } else if (exact) {
      const wanted = body.replaceAll(/\\(.)/g, "$1");
      tests.push((name) => name === wanted);
      only = wanted;
    } else if (body.trim() !== "") {
      const wanted = body.trim().toLowerCase();
      tests.push((name) => name.toLowerCase().includes(wanted));
    }
  }
  const [first] = tests;
  if (!first) return { kind: "none" };
  if (tests.length > 1) return { kind: "test", test: (name) => tests.some((test) => test(name)) };
  return only === undefined ? { kind: "test", test: first } : { kind: "test", test: first, only };
}

function regexTest(source: string): NameTest | string {
  if (mayBacktrackForever(source)) return "This pattern repeats a repetition or looks back, which can take forever.";
  try {
    const regex = new RegExp(source, "i");
    return (name) => regex.test(name.length > MAX_REGEX_INPUT_CHARS ? name.slice(0, MAX_REGEX_INPUT_CHARS) : name);
  } catch {
    return "This is not a regular expression.";
  }
}

/**
 * True when a group that repeats holds a repetition or alternatives, for a back reference, and for many open repetitions:
 * the shapes whose cost grows without a useful bound. It refuses some harmless ones, which is the better mistake.
 */
function mayBacktrackForever(source: string): boolean {
  const pattern = source.replaceAll(/\\[^1-9k]/g, "_").replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, "_");
  if (/\\[1-9k]/.test(pattern)) return true;
  const open: boolean[] = [];
  let repetitions = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const repeats = char === "*" || char === "+" || /^\{\d+(,\d*)?\}/.test(pattern.slice(at, at + 20));
    if (char === "(") open.push(false);
    else if (char === ")") {
      const choosy = open.pop() ?? false;
      if (choosy && /^(?:[*+]|\{)/.test(pattern.slice(at + 1))) return true;
      if (choosy && open.length > 0) open[open.length - 1] = true;
    } else if (repeats || char === "|") {
      if (repeats && ++repetitions > 4) return true;
      if (open.length > 0) open[open.length - 1] = true;
    }
  }
  return false;
}
