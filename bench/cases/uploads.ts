// Uploads a second through the embedded server, against an empty request (GET /healthz) through the same path.
//
// Kinds take turns with the empty request, round after round, so that other load on the machine meets all of them;
// the median round counts. No two uploads have one name and range, as no two of a fleet have.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecorded } from "../../test/support/recorded-request.ts";
import { machineLine, markdownTable, median, percentile } from "../lib/figures.ts";
import { type LoadRequest, load } from "../lib/load.ts";
import type { Subject } from "../lib/subject.ts";

const CONNECTIONS = [1, 8, 64];
const ROUNDS = 3;
const ROUND_MS = 2500;
const WARM_UP_MS = 1500;
const INSTANCES = 64;
const SLOT_S = 10;

interface Kind {
  readonly name: string;
  next(): LoadRequest;
}

interface Round {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly cpuMsPerThousand: number | null;
}

export async function benchUploads(subject: Subject): Promise<string> {
  const empty: Kind = { name: "empty (GET /healthz)", next: () => ({ method: "GET", path: "/healthz" }) };
  const kinds = [empty, ...uploadKinds()];
  for (const kind of kinds) await load(subject.url, kind.next, { connections: 8, milliseconds: WARM_UP_MS });
  const rows: string[][] = [];
  for (const connections of CONNECTIONS) {
    const rounds = new Map<Kind, Round[]>(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of kinds) rounds.get(kind)?.push(await runRound(subject, kind, connections));
    }
    const speedOf = (kind: Kind): number => median((rounds.get(kind) ?? []).map(({ perSecond }) => perSecond));
    for (const kind of kinds) {
      const own = rounds.get(kind) ?? [];
      const latencies = own.flatMap(({ latenciesMs }) => latenciesMs);
      const cpu = own.flatMap(({ cpuMsPerThousand }) => (cpuMsPerThousand === null ? [] : [cpuMsPerThousand]));
      rows.push([
        kind.name,
        `${connections}`,
        speedOf(kind).toFixed(0),
        (speedOf(kind) / speedOf(empty)).toFixed(2),
        percentile(latencies, 0.5).toFixed(1),
        percentile(latencies, 0.99).toFixed(1),
        cpu.length === 0 ? "–" : median(cpu).toFixed(0),
      ]);
    }
  }
  const head = ["request", "connections", "a second", "of empty", "p50 ms", "p99 ms", "workerd CPU ms per 1000"];
  const peak = subject.peakMb();
  const title = `### Uploads\n\n${machineLine()}${peak === null ? "" : `; workerd's peak ${peak.toFixed(0)} MB`}`;
  return markdownTable(title, head, rows);
}

async function runRound(subject: Subject, kind: Kind, connections: number): Promise<Round> {
  const before = subject.cpuSeconds();
  const { requests, seconds, latenciesMs } = await load(subject.url, kind.next, {
    connections,
    milliseconds: ROUND_MS,
  });
  const after = subject.cpuSeconds();
  const cpuMsPerThousand = before === null || after === null ? null : ((after - before) * 1e6) / requests;
  return { perSecond: requests / seconds, latenciesMs, cpuMsPerThousand };
}

function uploadKinds(): Kind[] {
  const kinds = ["go-2022/1-cpu", "go-2022/5-heap", "go-current/1-cpu"].map((name) => {
    const { path, headers, body } = readRecorded(name);
    return uploads(name, body, new URLSearchParams(path.slice(path.indexOf("?"))), headers["content-type"] ?? "");
  });
  const heap = join(
    process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data"),
    "pprof/go-heap.pb.gz",
  );
  if (existsSync(heap)) {
    const bytes = new Uint8Array(readFileSync(heap));
    kinds.push(uploads("go-heap", bytes, new URLSearchParams({ format: "pprof" }), "binary/octet-stream"));
  }
  return kinds;
}

function uploads(name: string, body: Uint8Array, params: URLSearchParams, contentType: string): Kind {
  const app = `bench-${name.replace(/[^a-z0-9]+/g, "-")}`;
  const newestS = Math.floor(Date.now() / 1000 / SLOT_S) * SLOT_S - SLOT_S;
  let sent = 0;
  const next = (): LoadRequest => {
    const fromS = newestS - SLOT_S * Math.floor(sent / INSTANCES);
    params.set("name", `${app}{instance=i${sent % INSTANCES}}`);
    params.set("from", `${fromS}`);
    params.set("until", `${fromS + SLOT_S}`);
    sent++;
    return { method: "POST", path: `/ingest?${params}`, body, contentType };
  };
  return { name: `${name}, ${(body.length / 1000).toFixed(1)} kB`, next };
}
