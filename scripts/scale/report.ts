// docs/scale.md, from what was measured.
import { machineLine, markdownTable } from "../../bench/lib/figures.ts";
import { worstCase } from "../../bench/lib/worst-case.ts";
import { randomOf } from "../demo/random.ts";
import type { Measured } from "./measure.ts";
import { BILL_LINES, type Bill, NO_BILL, totalOf } from "./prices.ts";
import { ASSUMED, KEPT, type Projection, project } from "./project.ts";

const RANGES_ASKED = 40_000;

export function scaleReport(measured: Measured): string {
  const projections = ASSUMED.agentsPerApp.map(([agents, perApp]) => project(measured, agents, perApp));
  return [
    "# Cost and scale",
    "",
    "Written by `npm run scale -- --write`: bytes and operations are measured by running the Worker with every platform call",
    `counted, prices are in \`scripts/scale/prices.ts\`. ${machineLine()}.`,
    "",
    billTable(projections),
    "",
    assumptions(measured),
    "",
    operationsTable(measured),
    "",
    bytesTable(measured),
    "",
    queryTable(measured),
    "",
    limits(measured, projections),
    "",
  ].join("\n");
}

const dollars = (value: number): string => (value < 0.005 ? "0" : value < 100 ? value.toFixed(2) : value.toFixed(0));
const count = (value: number): string =>
  value === 0 ? "0" : value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString("en");
const size = (bytes: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`;
};

function billTable(projections: readonly Projection[]): string {
  const head = [
    "a month",
    ...projections.map(({ agents }) => `${agents.toLocaleString("en")} agent${agents === 1 ? "" : "s"}`),
  ];
  const row = (name: string, cell: (one: Projection) => string) => [name, ...projections.map(cell)];
  return markdownTable("## The bill", head, [
    row("apps", ({ apps }) => count(apps)),
    row("uploads, million", ({ uploads }) => (uploads / 1e6).toFixed(1)),
    ...BILL_LINES.map((line) => row(`${line}, $`, ({ bill }) => dollars(bill[line]))),
    row("**all, $**", ({ bill }) => `**${dollars(totalOf(bill))}**`),
    row("$ per million uploads", ({ bill, uploads }) => dollars((totalOf(bill) / uploads) * 1e6)),
    row("$ per agent", ({ bill, agents }) => (totalOf(bill) / agents).toFixed(3)),
    row("in R2 after a year", ({ r2Bytes }) => size(r2Bytes)),
    row("in D1 after a year", ({ d1Bytes }) => size(d1Bytes)),
    row("bytes per upload after a year", ({ bytesPerUpload }) => bytesPerUpload.toFixed(1)),
  ]);
}

function assumptions({ uploadBytes }: Measured): string {
  const apps = ASSUMED.agentsPerApp.map(([agents, perApp]) => `${perApp} of ${agents.toLocaleString("en")}`).join(", ");
  return [
    `Assumed: an agent sends one upload (8 profile types, ${(uploadBytes / 1000).toFixed(1)} kB) every ${ASSUMED.uploadIntervalS} s; agents of one app: ${apps};`,
    `${ASSUMED.queriesPerAppAndDay} queries over 30 days per app and day; one object per app, in memory all month; the whole runtime's CPU billed as the Worker's;`,
    "the free allowances of R2 not taken off. Stored bytes grow with an app's series, so with its agents; a row of D1 up to 36 kB.",
  ].join("\n");
}

function operationsTable({ live, byWidth, idleCron, uploadCpuMs }: Measured): string {
  const head = [
    "work",
    "DO calls",
    "alarms",
    "DO rows read",
    "written",
    "R2 put",
    "get",
    "D1 rows read",
    "written",
    "CPU ms",
  ];
  const cells = (name: string, one: { counters: Measured["idleCron"]["counters"]; cpuMs: number }) => {
    const { counters: c } = one;
    const numbers = [
      c.objectCalls,
      c.alarms,
      c.objectRowsRead,
      c.objectRowsWritten,
      c.r2Puts,
      c.r2Gets,
      c.d1RowsRead,
      c.d1RowsWritten,
    ];
    return [name, ...numbers.map(count), one.cpuMs.toFixed(1)];
  };
  const names: Readonly<Record<number, string>> = {
    3600: "seal of an hour, each object",
    21600: "6 h window",
    86400: "1 d",
    432000: "5 d",
    2592000: "30 d",
  };
  return [
    markdownTable("## Operations, counted", head, [
      ...live.map(({ agents, slot }) => cells(`10 s of ${agents} agents`, slot)),
      ...[...byWidth].toSorted(([a], [b]) => a - b).map(([width, one]) => cells(names[width] ?? `${width} s`, one)),
      cells("cron, nothing due", idleCron),
    ]),
    "",
    `Uploads sent as fast as they are taken cost ${uploadCpuMs.toFixed(2)} ms of the runtime's CPU each, decoding to folding.`,
  ].join("\n");
}

function bytesTable({ stored, hour10Bytes, hour60Bytes, uploadBytes, agents, d1BytesPerSegment }: Measured): string {
  const uploadsPerHour = (agents * 3600) / ASSUMED.uploadIntervalS;
  const rows: [string, number, number, string, string][] = [
    ["10 s nodes of an hour", hour10Bytes, 1, "10/3600", "2 d"],
    ["1 min, 10 min, 1 h of an hour", hour60Bytes, 1, "60/3600", "14 d"],
    ...(
      [
        ["6 h window", "3600/21600", 6, "90 d"],
        ["30 d", "86400/2592000", 720, "for ever"],
      ] as const
    ).map(([name, key, hours, kept]): [string, number, number, string, string] => {
      const found = stored.byClass.get(key);
      return [name, found === undefined ? 0 : found.bytes / Math.max(1, found.objects), hours, key, kept];
    }),
  ];
  const head = ["object", "bytes", "per upload", "uploaded : stored", "row in D1", "kept"];
  return markdownTable(
    `## Bytes, of ${agents} agents and 8 types`,
    head,
    rows.map(([name, bytes, hours, key, kept]) => [
      name,
      size(bytes),
      (bytes / hours / uploadsPerHour).toFixed(2),
      bytes === 0 ? "–" : `${((uploadBytes * hours * uploadsPerHour) / bytes).toFixed(0)} : 1`,
      size(d1BytesPerSegment.get(key) ?? 0),
      kept,
    ]),
  );
}

function queryTable({ queries }: Measured): string {
  const head = ["range", "cold ms", "R2 reads", "kB", "D1 calls", "D1 rows read", "object calls"];
  const worst = [1, 3].map((shards) => ({ shards, ...worstCase(shards, RANGES_ASKED, randomOf("worst", shards)) }));
  const sentences = worst.map(
    ({ shards, objects, mean, from, until }) =>
      `${shards} shard${shards === 1 ? "" : "s"}: at most ${objects} segment objects (${((until - from) / 86_400).toFixed(1)} d), ${mean.toFixed(1)} on average.`,
  );
  return [
    markdownTable(
      "## Queries",
      head,
      queries.map(({ range, cost, milliseconds }) => [
        range,
        milliseconds.toFixed(0),
        count(cost.r2Gets),
        (cost.r2GetBytes / 1000).toFixed(0),
        count(cost.d1Calls),
        count(cost.d1RowsRead),
        count(cost.objectCalls),
      ]),
    ),
    "",
    `Whole app, the first question after a start; \`docs/bench.md\` has warm figures and a year. The planner over ${RANGES_ASKED.toLocaleString("en")} ranges that end now, up to a year:`,
    ...sentences,
  ].join("\n");
}

function shareOf(projection: Projection | undefined, line: keyof Bill): string {
  const bill = projection?.bill ?? NO_BILL;
  return ((bill[line] / Math.max(1, totalOf(bill))) * 100).toFixed(0);
}

function limits(measured: Measured, projections: readonly Projection[]): string {
  const largest = projections.at(-1);
  const perUpload = (largest?.counters.objectRowsWritten ?? 0) / (largest?.uploads ?? 1);
  return [
    "## Where the next limit is",
    "",
    `* **Rows that objects write** are ${shareOf(largest, "object rows")} % of the bill of a million agents: ${perUpload.toFixed(1)} for an upload. Uploads that come more than a few`,
    "  milliseconds apart are commits of their own, each of one row that later ones write over; a fold and a roll-up write the rest. Holding",
    "  the answer back until several are there would divide this line.",
    `* **D1.** After a year an app has ${count(largest?.d1RowsPerApp ?? 0)} rows of segments (${KEPT.hours10} + ${KEPT.hours60} hours, ${KEPT.windows} windows, ${KEPT.months + KEPT.days} of days and above).`,
    `  A database of 10 GB is full at ${projections
      .slice(1)
      .map(
        ({ agents, apps, appsWhenFull, d1BytesPerApp }) =>
          `${count(appsWhenFull)} apps of ${agents / apps} agents (${size(d1BytesPerApp)} each)`,
      )
      .join(", ")}.`,
    "  Beyond, tenants are spread over several databases: no key or row crosses a tenant.",
    `* **One object.** Here ${count(measured.uploadsPerSecond)} uploads a second went through one process on a shared machine, decoding included; an app beyond an object's rate gets more shards.`,
    "* **Cron** asks up to 200 live objects a minute whether their alarm was lost, and compacts a bounded number of apps: beyond some",
    "  thousands of apps one minute's turn no longer reaches all of them, and due windows wait (answers stay right meanwhile).",
    `* **Objects in memory**, billed whether one agent sends to them or hundreds: ${shareOf(projections[1], "object duration")} % of the bill of apps of ten agents.`,
  ].join("\n");
}
