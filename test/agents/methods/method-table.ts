// The table of methods in docs/compatibility.md: method × case × answer × encodings, from the rows that the tests share and from what
// the tests came to.
import { QUERIER_CASES } from "../../http/querier-cases.ts";
import { SERVICE_CASES } from "../../http/service-cases.ts";
import type { MethodResults } from "./method-results.ts";

export interface MethodRow {
  readonly method: string;
  readonly what: string;
  readonly answer: string;
  /** In which encoding, and whether it held. */
  readonly runs: { readonly encoding: string; readonly holds: boolean }[];
  /** The expected value was computed without our code. */
  readonly isExternal: boolean;
}

const STATUS: Readonly<Record<string, string>> = {
  ok: "200, the whole answer",
  invalid_argument: "400",
  not_found: "404",
  already_exists: "409",
  resource_exhausted: "429",
  unimplemented: "501",
};
const answerOf = (code: string): string =>
  code === "ok" ? "200, the whole answer" : `${STATUS[code] ?? ""} \`${code}\` and its message`;

/** `Method: case` → the answer that is expected. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ...QUERIER_CASES.map((row) => [`${row.method}: ${row.what}`, answerOf(row.code)] as const),
  ...SERVICE_CASES.map((row) => [`${row.service}/${row.method}: ${row.what}`, answerOf(row.code)] as const),
]);

interface Case {
  readonly method: string;
  readonly what: string;
  readonly encoding: string;
  readonly answer: string;
  readonly isExternal?: boolean;
}

/** Of a case that is about verbs or types. */
const NO_ENCODING = "none";

/** What a test was about, by the titles; null for tests that are about something else. */
function caseOf(group: string, title: string): Case | null {
  const [, method = "", what = ""] = /^([\w./]+): (.*)$/.exec(title) ?? [];
  const encoding = / as (proto|json)$/.exec(group)?.[1] ?? "";
  if (/^(the querier|services) as /.test(group)) {
    const answer = ANSWERS.get(title);
    if (answer === undefined) throw new Error(`no table has ${title}: npm run compatibility -- --tests`);
    return { method, what, encoding, answer };
  }
  if (/^(the data source|Profiles Drilldown) as /.test(group))
    return { method, what: `${group.replace(/ as \w+$/, "")}: ${what}`, encoding, answer: "as the client needs it" };
  if (group === "the totals of real files") {
    const [, of = "", form = "", total = ""] = /^(\w+) as (\w+): (.*)$/.exec(title) ?? [];
    const answer = "200, the total known of the file";
    return of === "" ? null : { method: of, what: total, encoding: form, answer, isExternal: true };
  }
  const speaking = /^the client speaking (.*)$/.exec(group)?.[1];
  if (speaking !== undefined)
    return what === "" ? null : { method, what, encoding: speaking, answer: "200, its value" };
  if (!/^[\w.]+(\/\w+)?$/.test(group)) return null;
  const verb = /^is not for (\w+)$/.exec(title)?.[1];
  if (verb !== undefined) return { method: group, what: `by ${verb}`, encoding: NO_ENCODING, answer: "405" };
  const [, type = "", body = "", status = ""] = /^as (\S+) of (.*) is (\d+)$/.exec(title) ?? [];
  return type === ""
    ? null
    : { method: group, what: `\`${type}\` of \`${body}\``, encoding: NO_ENCODING, answer: status };
}

export function methodRows({ groups }: MethodResults): MethodRow[] {
  const rows = new Map<string, MethodRow>();
  for (const { group, passed, failed } of groups) {
    for (const [index, title] of [...passed, ...failed].entries()) {
      const one = caseOf(group, title);
      if (one === null) continue;
      const { method, what, answer, encoding, isExternal = false } = one;
      const key = `${method}: ${what}`;
      const row = rows.get(key) ?? { method, what, answer, runs: [], isExternal };
      row.runs.push({ encoding, holds: index < passed.length });
      rows.set(key, row);
    }
  }
  return [...rows.values()].sort((a, b) => (a.method < b.method ? -1 : a.method > b.method ? 1 : 0));
}

/** Rows of the cases that both sides share but no test ran. */
export function casesNotRun(rows: readonly MethodRow[]): string[] {
  const ran = new Map(rows.map((row) => [`${row.method}: ${row.what}`, row]));
  return [...ANSWERS.keys()].filter((key) => {
    const encodings = ran.get(key)?.runs.map(({ encoding }) => encoding) ?? [];
    return !encodings.includes("proto") || !encodings.includes("json");
  });
}

export interface MethodCounts {
  readonly cases: number;
  readonly proto: number;
  readonly external: number;
  readonly failed: number;
}

export function countsOf(rows: readonly MethodRow[]): MethodCounts {
  const runs = rows.flatMap((row) => row.runs);
  return {
    cases: runs.length,
    proto: runs.filter(({ encoding }) => /proto/.test(encoding)).length,
    external: rows.filter(({ isExternal }) => isExternal).length,
    failed: runs.filter(({ holds }) => !holds).length,
  };
}

export function methodSection(results: MethodResults): string {
  const rows = methodRows(results);
  const { cases, proto, external, failed } = countsOf(rows);
  const notRun = casesNotRun(rows);
  const lines = rows.map(({ method, what, answer, runs }) => {
    const held = runs.filter(({ holds }) => holds).map(({ encoding }) => encoding);
    const broken = runs.filter(({ holds }) => !holds).map(({ encoding }) => `**fails: ${encoding}**`);
    const encodings = held.filter((encoding) => encoding !== NO_ENCODING).join("; ");
    const said = held.length === 0 ? "" : encodings === "" ? "holds" : `holds: ${encodings}`;
    const cells = [`\`${method}\``, what, answer, [...broken, said].join(" ")];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").trim()).join(" | ")} |`;
  });
  return `## Methods

Run by \`npm run compatibility -- --tests\` on ${results.date}: ${cases} cases, ${proto} of them over protobuf, ${external} against totals that
others computed of the files; ${failed} fail${notRun.length === 0 ? "" : `; *not run*: ${notRun.length}`}. Each asserts status and body. The tests are
\`test/http/querier.test.ts\`, \`services.test.ts\`, \`data-source.test.ts\` and \`test/server/connect-clients.test.ts\`; CI runs all of them.

| method | case | answer | result |
|---|---|---|---|
${lines.join("\n")}
`;
}
