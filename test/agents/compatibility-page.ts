// docs/compatibility.md, made of the catalog, the results of runs and the list of differences. A row without a run of just this version
// says *not run*.
import type { AbsentAgent, Agent } from "./agent.ts";
import type { Difference } from "./differences.ts";
import type { AgentResult } from "./results.ts";

export interface PageSource {
  readonly agents: readonly Agent[];
  readonly absent: readonly AbsentAgent[];
  readonly results: readonly AgentResult[];
  readonly differences: Readonly<Record<string, readonly Difference[]>>;
}

const HEAD = `# Compatibility

Made by \`npm run compatibility\` from \`test/agents/results.json\`; don't edit it.

## Agents and encodings

Each row that *works* was run in real time by \`test/agents/run.sh NAME\`: the unmodified client, a program with a known hot
function under static and dynamic tags, a fresh server. Every upload must be taken, the hot function must dominate under its tags,
nothing of another tag may be there, and the listed profile types must have values. Only the server's address is set.

| run.sh | client | version | sends | to | profile types | result |
|---|---|---|---|---|---|---|
`;

export function compatibilityPage({ agents, absent, results, differences }: PageSource): string {
  const rows = [
    ...agents.map((agent) => rowOf(agent, results)),
    ...absent.map(({ client, sends, path, because }) =>
      cells("", client, "", sends, path, "", `*not run*: ${because}`),
    ),
  ];
  const sections = Object.entries(differences).map(([title, list]) => `\n### ${title}\n\n${differenceTable(list)}`);
  return `${HEAD}${rows.join("")}
## Deliberate differences

From Pyroscope 0.3x (the server of segment trees) and from Pyroscope 1 and 2. Everything else is meant to be the same; where it is not,
it is a fault.
${sections.join("")}`;
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
