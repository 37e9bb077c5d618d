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
/** A run of folders: `/home/me/app/`, `C:\work\`, `./node_modules/x/`. Not the dots and slashes of a Go package path. */
const FOLDERS = /(?:[A-Za-z]:)?(?:[\\/]|\.{1,2}[\\/]|~[\\/])(?:[^\s\\/:()]+[\\/])*/g;
const SCRIPT_FOLDERS =
  /(?:[^\s\\/:()]+[\\/])+(?=[^\s\\/:()]+\.(?:py|rb|js|mjs|cjs|jsx|ts|tsx|php|pl|lua|go|java|c|cc|cpp|h|rs|cs)\b)/g;

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
  if (packages === true) {
    const { kind, name: packageName } = packageOf(name, spyName);
    return paths === true && kind === "package" ? withoutFolderNames(packageName) : packageName;
  }
  return paths === true ? withoutFolderNames(name) : name;
}

const withoutFolderNames = (name: string): string => name.replaceAll(SCRIPT_FOLDERS, "").replaceAll(FOLDERS, "");

/** `app.cpu{region="eu"} 2026-…` → `app.cpu 2026-…` */
export const withoutLabels = (text: string): string => text.replaceAll(/\{[^}]*\}?/g, "");

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
