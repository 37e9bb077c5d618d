// A query as text and as parts, so that chips and text can be two views of one thing.
//
//   FlameQL   ride-sharing-app.cpu{region="us-west-1", vehicle=~"car|bike"}
//   selector  process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="ride-sharing-app", region="us-west-1"}
//
// The two differ in what a quoted value means: FlameQL keeps backslashes as they are and its regexes match anywhere,
// a selector unescapes and anchors. Whoever writes a matcher has to know which one it is writing.

export type Operator = "=" | "!=" | "=~" | "!~";

export interface Matcher {
  readonly name: string;
  readonly operator: Operator;
  /** Without quotes and escapes. */
  readonly value: string;
}

export interface Query {
  /** The old name, or a profile type id. */
  readonly head: string;
  readonly matchers: readonly Matcher[];
}

const HEAD = /^\s*([A-Za-z0-9_.:/-]+)\s*/;
const MATCHER = /^\s*([A-Za-z0-9_.]+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*/s;

/** A profile type id has five or six parts; an old name has no colon. */
export const isSelector = (head: string): boolean => head.includes(":");

/** null when the text is not one the page can show as chips; the server then says what is wrong with it. */
export function parseQuery(text: string): Query | null {
  const head = HEAD.exec(text);
  if (head?.[1] === undefined) return null;
  let rest = text.slice(head[0].length);
  if (rest === "") return { head: head[1], matchers: [] };
  const body = /^\{(.*)\}\s*$/s.exec(rest);
  if (body?.[1] === undefined) return null;
  rest = body[1];
  const matchers: Matcher[] = [];
  while (rest.trim() !== "") {
    const match = MATCHER.exec(rest);
    if (match === null) return null;
    const [all, name = "", operator = "=", quoted = ""] = match;
    matchers.push({ name, operator: operator as Operator, value: isSelector(head[1]) ? unquote(quoted) : quoted });
    rest = rest.slice(all.length);
    if (rest.startsWith(",")) rest = rest.slice(1);
    else if (rest !== "") return null;
  }
  return { head: head[1], matchers };
}

export function formatQuery({ head, matchers }: Query): string {
  if (matchers.length === 0) return head;
  const parts = matchers.map(
    ({ name, operator, value }) => `${name}${operator}"${isSelector(head) ? quote(value) : value}"`,
  );
  return `${head}{${parts.join(", ")}}`;
}

const quote = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
const unquote = (quoted: string) => quoted.replace(/\\(.)/gs, (_all, char: string) => (char === "n" ? "\n" : char));

/** The values a matcher names, when it names whole values and not a pattern. */
export function literalValues(matcher: Matcher, head: string): readonly string[] | null {
  if (matcher.operator === "=" || matcher.operator === "!=") return [matcher.value];
  const anchored = /^\^\((?:\?:)?(.*)\)\$$/s.exec(matcher.value)?.[1];
  const pattern = anchored ?? (isSelector(head) ? matcher.value : null);
  if (pattern === null) return null;
  const values: string[] = [];
  for (const part of splitAlternatives(pattern)) {
    const literal = unescapeRegex(part);
    if (literal === null) return null;
    values.push(literal);
  }
  return values;
}

/** A matcher of exactly these values. What FlameQL cannot quote is written as a regex. */
export function matcherOf(name: string, values: readonly string[], include: boolean, head: string): Matcher {
  const [only] = values;
  if (values.length === 1 && only !== undefined && (isSelector(head) || quotable(only))) {
    return { name, operator: include ? "=" : "!=", value: only };
  }
  const alternatives = values.map(escapeRegex).join("|");
  return { name, operator: include ? "=~" : "!~", value: isSelector(head) ? alternatives : `^(${alternatives})$` };
}

/** FlameQL splits at quotes and never unescapes: a quote, or a backslash before the closing one, cannot be written. */
const quotable = (value: string) => !/["\\]/.test(value);

// A quote is written \x22: the FlameQL text between quotes must not hold one.
const escapeRegex = (value: string) =>
  value
    .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    .replaceAll('"', "\\x22")
    .replaceAll("\n", "\\n");

/** null when the part is a pattern and not a literal. */
function unescapeRegex(part: string): string | null {
  if (/[\^$.*+?()[\]{}|]/.test(part.replace(/\\./gs, ""))) return null;
  let literal = "";
  for (const [all, escaped] of part.matchAll(/\\(x22|.)|[^\\]/gs)) {
    if (escaped === undefined) literal += all;
    else if (escaped === "x22") literal += '"';
    else if (escaped === "n") literal += "\n";
    else if (/[\w]/.test(escaped)) return null;
    else literal += escaped;
  }
  return literal;
}

function splitAlternatives(pattern: string): string[] {
  const parts: string[] = [""];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? "";
    if (char === "\\") parts[parts.length - 1] += char + (pattern[++at] ?? "");
    else if (char === "|") parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

export type ValueState = "included" | "excluded" | "none";

/** Whether a query names this value of a label. Patterns it cannot read count as none. */
export function valueState(query: Query, name: string, value: string): ValueState {
  for (const matcher of query.matchers) {
    if (matcher.name !== name || !literalValues(matcher, query.head)?.includes(value)) continue;
    return matcher.operator === "=" || matcher.operator === "=~" ? "included" : "excluded";
  }
  return "none";
}

/** The query with one value of a label included, excluded or neither; other values of the label stay as they are. */
export function withValue(query: Query, name: string, value: string, state: ValueState): Query {
  const included = new Set<string>();
  const excluded = new Set<string>();
  const others: Matcher[] = [];
  for (const matcher of query.matchers) {
    const values = matcher.name === name ? literalValues(matcher, query.head) : null;
    if (values === null) others.push(matcher);
    else for (const each of values) (matcher.operator.startsWith("!") ? excluded : included).add(each);
  }
  included.delete(value);
  excluded.delete(value);
  if (state === "included") included.add(value);
  if (state === "excluded") excluded.add(value);
  const matchers = [...others];
  if (included.size > 0) matchers.push(matcherOf(name, [...included], true, query.head));
  if (excluded.size > 0) matchers.push(matcherOf(name, [...excluded], false, query.head));
  return { ...query, matchers };
}

export const withoutMatcher = (query: Query, index: number): Query => ({
  ...query,
  matchers: query.matchers.filter((_matcher, at) => at !== index),
});

const OPPOSITE = { "=": "!=", "!=": "=", "=~": "!~", "!~": "=~" } as const satisfies Record<Operator, Operator>;

/** Include becomes exclude and back. */
export const withOpposite = (query: Query, index: number): Query => ({
  ...query,
  matchers: query.matchers.map((matcher, at) =>
    at === index ? { ...matcher, operator: OPPOSITE[matcher.operator] } : matcher,
  ),
});
