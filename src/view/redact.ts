/**
 * Takes out of a graph what its owner does not want to show. Names are replaced one by one, so the graph keeps its shape and
 * its numbers; names that become equal become one name.
 */
import { packageOf } from "./package-name.ts";

export interface Redactable {
  readonly flamebearer: { readonly names: readonly string[]; readonly levels: readonly (readonly number[])[] };
  readonly metadata: { readonly format: "single" | "double"; readonly spyName: string; readonly name: string };
  readonly query?: string | undefined;
  readonly compared?: { readonly query?: string | undefined } | undefined;
}

export interface RedactionChoice {
  readonly packages?: boolean | undefined;
  readonly paths?: boolean | undefined;
  readonly labels?: boolean | undefined;
}

const ROOT_NAME = "total";
/** Where an absolute or dotted path begins: at the start, or after what can't be in one. */
const PATH_START = /(?<=^|[\s("'[=,@])(?:[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,10}:\/\/|\.{0,2}[\\/]|~[\\/])/;
const MOST_PATHS = 8;
/** Of words with slashes those that name a file. Packages of Go and Java have slashes, too, and stay. */
const WORD = /[^\s():!]+/g;
const FILE_END =
  /\.(?:py|pyx|rb|erb|js|mjs|cjs|jsx|ts|tsx|mts|vue|svelte|php|phtml|pl|pm|lua|go|java|kt|scala|clj|swift|dart|zig|exs?|erl|hs|ml|m|mm|c|cc|cpp|cxx|h|hpp|rs|cs|fs|vb|sql|html?)$/i;
const NO_PACKAGE = "(no package)";
/** A script that lies right in somebody's home: the folder that is its package is a person's name. */
const HOME = /^(?:\/home|\/Users|[A-Za-z]:[\\/]Users)[\\/][^\\/]+$/;

export function redactGraph<G extends Redactable>(graph: G, choice: RedactionChoice): G {
  const names = graph.flamebearer.names.map((name) => redactName(name, choice, graph.metadata.spyName));
  const shown = withoutTwins(graph, names);
  if (choice.labels !== true) return shown;
  const { query: _query, compared, ...rest } = shown;
  const { query: _other, ...times } = compared ?? {};
  return {
    ...rest,
    ...(compared && { compared: times }),
    metadata: { ...shown.metadata, name: withoutLabels(shown.metadata.name) },
  } as G;
}

export function redactName(name: string, { packages, paths }: RedactionChoice, spyName = ""): string {
  if (name === ROOT_NAME || name === "other") return name;
  if (packages !== true) return paths === true ? withoutFolderNames(name) : name;
  const found = packageOf(name, spyName);
  const tellsMore = found.kind === "package" && (found.name === name || /[\s()]/.test(found.name));
  if (tellsMore || (paths === true && HOME.test(found.name))) return NO_PACKAGE;
  return paths === true ? withoutFolderNames(found.name) : found.name;
}

/** Rather too much than too little: a path with spaces goes up to its last slash. */
function withoutFolderNames(name: string): string {
  let text = name;
  for (let i = 0; i < MOST_PATHS; i++) {
    const start = PATH_START.exec(text)?.index;
    if (start === undefined) break;
    const bracket = text.indexOf("(", start + 1);
    const end = (bracket < 0 ? text.length : bracket) - 1;
    const last = Math.max(text.lastIndexOf("/", end), text.lastIndexOf("\\", end));
    text = text.slice(0, start) + text.slice(last + 1);
  }
  return text.replaceAll(WORD, (word) => {
    const last = Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\"));
    return last >= 0 && FILE_END.test(word) ? word.slice(last + 1) : word;
  });
}

/** `app.cpu{region="eu"} 2026-…` → `app.cpu 2026-…`. A brace within quotes ends nothing. */
export const withoutLabels = (text: string): string => text.replaceAll(/\{(?:[^}"]|"(?:\\.|[^"\\])*"?)*\}?/g, "");

/** Gives equal names one number. */
function withoutTwins<G extends Redactable>(graph: G, names: readonly string[]): G {
  const numbers = new Map<string, number>();
  const renumbered = names.map((name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
  const stride = graph.metadata.format === "single" ? 4 : 7;
  const levels = graph.flamebearer.levels.map((level) =>
    level.map((value, at) => (at % stride === stride - 1 ? (renumbered[value] ?? value) : value)),
  );
  return { ...graph, flamebearer: { ...graph.flamebearer, names: [...numbers.keys()], levels } };
}
