// Uploads a second, durable, through the embedded server, against an empty request through the same path: HTTP → object →
// durable row → ack.
//
// Kinds take turns with the empty request, round after round, so that other load on the machine meets all of them;
// the median round counts. No two uploads have one name and range, so that none is taken for a retry.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRecorded } from "../../test/support/recorded-request.ts";
import { freePort } from "../../test/support/server.ts";
import { startAccounted } from "../lib/accounted-server.ts";
import { functionTimes } from "../lib/cpu-profile.ts";
import { startEmptyPath } from "../lib/empty-path.ts";
import { machineLine, markdownTable, median, percentile } from "../lib/figures.ts";
import { type LoadRequest, load } from "../lib/load.ts";
import { INSTANCES, rideshareUpload, SLOT_S } from "../lib/rideshare.ts";
import type { Subject } from "../lib/subject.ts";

const CONNECTIONS = [1, 8, 64];
const ROUNDS = 3;
const ROUND_MS = 2500;
const WARM_UP_MS = 1500;
const FLEET = 64;

interface Kind {
  readonly name: string;
  readonly url: string;
  next(): LoadRequest;
}

interface Round {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Of Node and workerd together. */
  readonly cpuSecondsPerThousand: number | null;
}

export async function benchUploads(subject: Subject): Promise<string> {
  const emptyPath = await startEmptyPath();
  try {
    const nothing = new Uint8Array(0);
    const empty: Kind = {
      name: "empty, same path",
      url: emptyPath.url,
      next: () => ({ method: "POST", path: "/", body: nothing }),
    };
    const kinds: Kind[] = [];
    const refused: string[] = [];
    for (const kind of [empty, ...uploadKinds(subject.url)]) {
      try {
        await load(kind.url, kind.next, { connections: 8, milliseconds: WARM_UP_MS });
        kinds.push(kind);
      } catch (error) {
        // Pyroscope 1 and 2 take no uploads of the clients of 2022.
        if (subject.isOurs || kind === empty) throw error;
        refused.push(kind.name);
      }
    }
    const rows: string[][] = [];
    for (const connections of CONNECTIONS) rows.push(...(await rowsOf(subject, kinds, connections)));
    const head = ["request", "connections", "a second", "of empty", "p50 ms", "p99 ms", "CPU s per 1000"];
    const peak = subject.use()?.peakMb;
    const title = `### Uploads\n\n${machineLine()}${peak === undefined ? "" : `; peak resident ${peak.toFixed(0)} MB`}`;
    const table = markdownTable(title, head, rows);
    return refused.length === 0 ? table : `${table}\n\nRefused by the target: ${refused.join("; ")}.`;
  } finally {
    await emptyPath.stop();
  }
}

async function rowsOf(subject: Subject, kinds: readonly Kind[], connections: number): Promise<string[][]> {
  const rounds = new Map<Kind, Round[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of kinds) rounds.get(kind)?.push(await runRound(subject, kind, connections));
  }
  const speedOf = (kind: Kind): number => median((rounds.get(kind) ?? []).map(({ perSecond }) => perSecond));
  return kinds.map((kind) => {
    const own = rounds.get(kind) ?? [];
    const latencies = own.flatMap(({ latenciesMs }) => latenciesMs);
    const cpu = own.flatMap((round) => (round.cpuSecondsPerThousand === null ? [] : [round.cpuSecondsPerThousand]));
    return [
      kind.name,
      `${connections}`,
      speedOf(kind).toFixed(0),
      (speedOf(kind) / speedOf(kinds[0] ?? kind)).toFixed(2),
      percentile(latencies, 0.5).toFixed(1),
      percentile(latencies, 0.99).toFixed(1),
      cpu.length === 0 ? "–" : median(cpu).toFixed(2),
    ];
  });
}

async function runRound(subject: Subject, kind: Kind, connections: number): Promise<Round> {
  const before = subject.use()?.cpuSeconds;
  const { requests, seconds, latenciesMs } = await load(kind.url, kind.next, { connections, milliseconds: ROUND_MS });
  const after = subject.use()?.cpuSeconds;
  const isMeasured = kind.url === subject.url && before !== undefined && after !== undefined;
  const cpuSecondsPerThousand = isMeasured ? ((after - before) * 1000) / requests : null;
  return { perSecond: requests / seconds, latenciesMs, cpuSecondsPerThousand };
}

function uploadKinds(url: string): Kind[] {
  const recorded = ["go-current/1-cpu", "go-2022/5-heap"].map((name) => {
    const { path, headers, body } = readRecorded(name);
    return uploads(url, name, body, new URLSearchParams(path.slice(path.indexOf("?"))), headers["content-type"] ?? "");
  });
  const kinds = [rideshareKind(url), ...recorded];
  const shared = process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data");
  const heap = join(shared, "pprof/go-heap.pb.gz");
  if (existsSync(heap)) {
    const bytes = new Uint8Array(readFileSync(heap));
    kinds.push(uploads(url, "go-heap", bytes, new URLSearchParams({ format: "pprof" }), "binary/octet-stream"));
  }
  return kinds;
}

/** Nine instances, slot after slot: backwards in time, so that a round never reaches the future. */
function rideshareKind(url: string): Kind {
  const newestS = Math.floor(Date.now() / 1000 / SLOT_S) * SLOT_S - SLOT_S;
  let sent = 0;
  const next = (): LoadRequest => {
    const slot = Math.floor(sent / INSTANCES.length);
    return rideshareUpload("bench-rideshare", sent++ % INSTANCES.length, newestS - SLOT_S * slot);
  };
  return { name: "rideshare, 4.5 kB, 8 types", url, next };
}

function uploads(url: string, name: string, body: Uint8Array, params: URLSearchParams, contentType: string): Kind {
  const app = `bench-${name.replace(/[^a-z0-9]+/g, "-")}`;
  const newestS = Math.floor(Date.now() / 1000 / SLOT_S) * SLOT_S - SLOT_S;
  let sent = 0;
  const next = (): LoadRequest => {
    const fromS = newestS - SLOT_S * Math.floor(sent / FLEET);
    params.set("name", `${app}{instance=i${sent % FLEET}}`);
    params.set("from", `${fromS}`);
    params.set("until", `${fromS + SLOT_S}`);
    sent++;
    return { method: "POST", path: `/ingest?${params}`, body, contentType };
  };
  return { name: `${name}, ${(body.length / 1000).toFixed(1)} kB`, url, next };
}

const SOAK_CONNECTIONS = 16;

/** By hand: rideshare uploads without a pause, memory of the whole server each minute. */
export async function soakUploads(subject: Subject, minutes: number): Promise<string> {
  const kind = rideshareKind(subject.url);
  const rows: string[][] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const { requests, seconds, latenciesMs } = await load(kind.url, kind.next, {
      connections: SOAK_CONNECTIONS,
      milliseconds: 60_000,
    });
    await sleep(0);
    const use = subject.use();
    const row = [`${minute}`, (requests / seconds).toFixed(0), percentile(latenciesMs, 0.99).toFixed(1)];
    rows.push([...row, use?.residentMb.toFixed(0) ?? "–", use?.peakMb.toFixed(0) ?? "–"]);
    console.error(`minute ${minute}: ${rows.at(-1)?.slice(1).join(" | ")}`);
  }
  const head = ["minute", "uploads a second", "p99 ms", "resident MB", "peak MB"];
  return markdownTable(`### Soak\n\n${machineLine()}; rideshare, ${SOAK_CONNECTIONS} connections`, head, rows);
}

const PROFILED_MS = 8000;
const PROFILED_FUNCTIONS = 40;

/** By hand: which functions of the runtime the time of rideshare uploads goes to. */
export async function profileUploads(): Promise<string> {
  const inspectorPort = await freePort();
  const server = await startAccounted({ inspectorPort });
  try {
    const { next } = rideshareKind(server.url);
    await load(server.url, next, { connections: 8, milliseconds: WARM_UP_MS });
    const times = await functionTimes(inspectorPort, async () => {
      await load(server.url, next, { connections: 64, milliseconds: PROFILED_MS });
    });
    const percent = (share: number) => (share * 100).toFixed(1);
    const rows = times
      .toSorted((a, b) => b.total - a.total)
      .slice(0, PROFILED_FUNCTIONS)
      .map(({ name, self, total }) => [name, percent(total), percent(self)]);
    return markdownTable(`### Profile of uploads\n\n${machineLine()}`, ["function", "total %", "self %"], rows);
  } finally {
    await server.stop();
  }
}
