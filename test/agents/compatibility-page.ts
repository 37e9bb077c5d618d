// docs/compatibility.md, made of the catalog, the results of runs and the list of differences. A row without a run of just this version
// says *not run*.
import type { AbsentAgent, Agent } from "./agent.ts";
import type { Difference } from "./difference.ts";
import type { MethodResults } from "./methods/method-results.ts";
import { methodSection } from "./methods/method-table.ts";
import type { AbsentReader } from "./readers/catalog.ts";
import type { Reader, ReaderResult } from "./readers/reader.ts";
import type { AgentResult } from "./results.ts";

export interface PageSource {
  readonly agents: readonly Agent[];
  readonly absent: readonly AbsentAgent[];
  readonly results: readonly AgentResult[];
  readonly readers: readonly Reader[];
  readonly absentReaders: readonly AbsentReader[];
  readonly readerResults: readonly ReaderResult[];
  readonly methods: MethodResults;
  readonly differences: Readonly<Record<string, readonly Difference[]>>;
}

const HEAD = `# Compatibility

Made by \`npm run compatibility\` from what \`test/agents/run.sh\` and the tests of methods came to; don't edit it.

## Agents and encodings

Each row that *works* was run in real time by \`test/agents/run.sh NAME\`: the unmodified client, a program with a known hot
function, a fresh server. Every upload must be in the encoding that the row says, be taken, and need no mending; the hot function must
dominate, under its static and dynamic tags and with nothing of another tag (but in \`java-otlp\` and the recorded \`curl-jfr\`, which send
none); the listed profile types must have values. The server's address is set, and where a client's interval is a minute a shorter one.

| run.sh | client | version | sends | to | profile types | result |
|---|---|---|---|---|---|---|
`;

const READERS_HEAD = `
## Clients that read

Each was built unmodified, or from the published API, and run by \`test/agents/run.sh NAME\` against a fresh server: it uploads a recorded
profile and asks for it; what it is told must be what other programs read in the file.

| run.sh | client | version | speaks | asks | result |
|---|---|---|---|---|---|
`;

export function compatibilityPage(source: PageSource): string {
  const { agents, absent, results, differences, readers, absentReaders, readerResults, methods } = source;
  const rows = [
    ...agents.map((agent) => rowOf(agent, results)),
    ...absent.map(({ client, sends, path, because }) =>
      cells("", client, "", sends, path, "", `*not run*: ${because}`),
    ),
  ];
  const sections = Object.entries(differences).map(([title, list]) => `\n### ${title}\n\n${differenceTable(list)}`);
  const readerRows = [
    ...readers.map((reader) => readerRow(reader, readerResults)),
    ...absentReaders.map(({ client, because }) => cells("", client, "", "", "", `*not run*: ${because}`)),
  ];
  return `${HEAD}${rows.join("")}${READERS_HEAD}${readerRows.join("")}
${methodSection(methods)}
## Deliberate differences

From Pyroscope 0.3x (the server of segment trees) and from Pyroscope 1 and 2. Everything else is meant to be the same; where it is not,
it is a fault.
${sections.join("")}`;
}

function readerRow({ name, client, version, speaks, asks }: Reader, results: readonly ReaderResult[]): string {
  const result = results.find((one) => one.reader === name && one.version === version && one.client === client);
  const failed = result?.checks.filter(({ holds }) => !holds).length ?? 0;
  const verdict =
    result === undefined
      ? "*not run*"
      : failed > 0
        ? `**fails**, ${result.date}: ${failed} of ${result.checks.length} checks`
        : `works, ${result.date}: ${result.checks.length} checks`;
  return cells(`\`${name}\``, client, version, speaks, asks, verdict);
}

function rowOf(agent: Agent, results: readonly AgentResult[]): string {
  const { name, client, version, sends, path } = agent;
  const result = results.find((one) => one.agent === name && one.version === version && one.client === client);
  const types = shortTypes(result?.profileTypes ?? []);
  return cells(`\`${name}\``, client, version, sends, `\`${path}\``, types, verdict(agent, result));
}

function verdict({ isRecorded }: Agent, result: AgentResult | undefined): string {
  if (result === undefined) return "*not run*";
  const failed = result.checks.filter(({ holds }) => !holds);
  if (failed.length > 0) return `**fails**, ${result.date}: ${failed.length} of ${result.checks.length} checks`;
  if (isRecorded) return `*not run*; a request recorded elsewhere is taken, ${result.date}`;
  return `works, ${result.date}: ${result.uploads} uploads, ${result.checks.length} checks`;
}

/** `memory: alloc_objects, alloc_space; …`: ids without units and periods. */
function shortTypes(ids: readonly string[]): string {
  const byMetric = new Map<string, string[]>();
  for (const id of ids) {
    const [metric = "", type = ""] = id.split(":");
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), type]);
  }
  return [...byMetric].map(([metric, types]) => `${metric}: ${types.join(", ")}`).join("; ");
}

function differenceTable(differences: readonly Difference[]): string {
  const rows = differences.map(({ what, pyroscope, ours, why, proof: [file, words] }) =>
    cells(what, pyroscope, ours, why, `\`${file}\`: ${words}`),
  );
  return `| what | Pyroscope | Edgeflame | why | shown by |\n|---|---|---|---|---|\n${rows.join("")}`;
}

const cells = (...texts: readonly string[]): string =>
  `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |\n`;
