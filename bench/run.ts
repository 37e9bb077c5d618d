// `npm run bench [case…] [-- --target URL [--pid N]] [--minutes N] [--profile] [--keep FOLDER]`: measures, and prints Markdown tables. It asserts nothing: figures of one
// machine and hour are no tests. Without cases all of them run, each against a server of its own.
import { parseArgs } from "node:util";
import { benchAdhoc } from "./cases/adhoc.ts";
import { benchAttacks } from "./cases/attacks.ts";
import { benchConnect } from "./cases/connect.ts";
import { benchDecode, decodeTable } from "./cases/decode.ts";
import { benchFormats } from "./cases/formats.ts";
import { benchHighCardinality } from "./cases/high-cardinality.ts";
import { benchLoad } from "./cases/load.ts";
import { benchMergeKernel, mergeKernelTable } from "./cases/merge-kernel.ts";
import { benchPageFlame, type PageFlameRow } from "./cases/page-flame.ts";
import { benchQuery, benchQueryOf } from "./cases/query.ts";
import { benchRender } from "./cases/render.ts";
import { benchShed } from "./cases/shed.ts";
import { benchStore } from "./cases/store.ts";
import { benchUploads, profileUploads, soakUploads } from "./cases/uploads.ts";
import { machineLine, markdownTable } from "./lib/figures.ts";
import { openSubject, type Subject } from "./lib/subject.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string" },
    pid: { type: "string" },
    minutes: { type: "string" },
    profile: { type: "boolean" },
    keep: { type: "string" },
  },
});

const CASES: Readonly<Record<string, (target: string | null) => Promise<string>>> = {
  decode: async () => decodeTable(benchDecode()),
  formats: () => benchFormats(),
  attacks: async () => benchAttacks(),
  kernel: async () => mergeKernelTable(benchMergeKernel()),
  load: (target) => withSubject(target, benchLoad),
  uploads: (target) => {
    if (values.profile) return profileUploads();
    return withSubject(target, (subject) =>
      values.minutes === undefined ? benchUploads(subject) : soakUploads(subject, Number(values.minutes)),
    );
  },
  query: (target) => (target === null ? benchQuery(values.keep ?? null) : benchQueryOf(target)),
  connect: () => benchConnect(values.keep ?? null),
  shed: () => benchShed(),
  store: () => benchStore(),
  render: (target) => withSubject(target, benchRender),
  "high-cardinality": async () => benchHighCardinality(),
  page: async () => pageFlameTable(await benchPageFlame()),
  adhoc: () => benchAdhoc(),
};

function pageFlameTable(rows: readonly PageFlameRow[]): string {
  if (rows.length === 0) return "### Page\n\nno Chromium runs here";
  const head = ["nodes", "parse ms", "data → first paint ms", "cold ms", "frame p50 ms", "frame p95 ms", "search ms"];
  const cells = rows.map((row) => [
    `${row.nodes}`,
    ...[row.parseMs, row.paintMs, row.coldMs, row.frameMedianMs, row.frameP95Ms, row.searchMs].map((ms) =>
      ms.toFixed(1),
    ),
  ]);
  return markdownTable(`### Page\n\n${machineLine()}`, head, cells);
}

async function withSubject(target: string | null, bench: (subject: Subject) => Promise<string>): Promise<string> {
  const subject = await openSubject(target, values.pid === undefined ? null : Number(values.pid));
  try {
    return await bench(subject);
  } finally {
    await subject.stop();
  }
}

const unknown = positionals.filter((name) => CASES[name] === undefined);
if (unknown.length > 0) {
  console.error(`no case ${unknown.join(", ")}; known: ${Object.keys(CASES).join(", ")}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(CASES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`${await run(values.target?.replace(/\/+$/, "") ?? null)}\n`);
}
process.exit(0);
