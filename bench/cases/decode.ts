// Decoding: MB/s of uncompressed pprof, ours against `pprof-format` in the same run.
//
//   tables     bytes → checked tables with resolved ids: what pprof-format's decode gives as objects
//   call tree  … → merged call tree, as an upload needs it; pprof-format has nothing like it
//   Go repair  … with type parameters elided and cut stacks mended
//
// The ways take turns, so that other load on the machine meets all of them; the median counts.
// Files are of the shared data where it is, else the fixtures. Run alone: node bench/cases/decode.ts
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile as ReferenceProfile } from "pprof-format";
import { LIMITS } from "../../src/config.ts";
import { checkTables } from "../../src/formats/pprof/check.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { readTables } from "../../src/formats/pprof/read-tables.ts";
import { resolveIds } from "../../src/formats/pprof/resolve.ts";
import { SPAN_LABELS } from "../../src/profile/spans.ts";

const FILES = [
  "go-heap.pb.gz",
  "go-heap-uncompressed.pb",
  "dotnet-labels.pb.gz",
  "ruby.pb.gz",
  "java-cpu.pb.gz",
  "python.pb.gz",
  "go-cpu-labels.pb.gz",
];

type Way = (bytes: Uint8Array) => void;

const WAYS = {
  "pprof-format": (bytes) => {
    ReferenceProfile.decode(bytes);
  },
  tables: (bytes) => {
    const tables = readTables(bytes, LIMITS);
    checkTables(tables);
    resolveIds(tables);
  },
  "call tree": (bytes) => {
    decodePprof(bytes, { limits: LIMITS, ignoredLabels: SPAN_LABELS });
  },
  "Go repair": (bytes) => {
    decodePprof(bytes, { limits: LIMITS, ignoredLabels: SPAN_LABELS, goRepair: true });
  },
} satisfies Record<string, Way>;

type WayName = keyof typeof WAYS;

export interface DecodeResult {
  readonly file: string;
  readonly bytes: number;
  /** Megabytes (1e6) of uncompressed pprof per second. */
  readonly megabytesPerSecond: Readonly<Record<WayName, number>>;
}

export function benchDecode(rounds = 31): DecodeResult[] {
  const shared = join(process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data"), "pprof");
  const fixtures = join(import.meta.dirname, "../../test/fixtures/pprof");
  const folder = existsSync(shared) ? shared : fixtures;
  const files = folder === shared ? FILES : readdirSync(fixtures).filter((file) => file.endsWith(".pb.gz"));
  return files.map((file) => {
    const raw = readFileSync(join(folder, file));
    const bytes = new Uint8Array(raw[0] === 0x1f ? gunzipSync(raw) : raw);
    return { file, bytes: bytes.length, megabytesPerSecond: measure(bytes, rounds) };
  });
}

/** A turn repeats small files, so that each takes some milliseconds. */
function measure(bytes: Uint8Array, rounds: number): Record<WayName, number> {
  const repeats = Math.max(1, Math.round(500_000 / bytes.length));
  const names = Object.keys(WAYS) as WayName[];
  const milliseconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<WayName, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      for (let i = 0; i < repeats; i++) WAYS[name](bytes);
      milliseconds[name].push((performance.now() - start) / repeats);
    }
  }
  const speed = (name: WayName): number => bytes.length / 1000 / median(milliseconds[name]);
  return Object.fromEntries(names.map((name) => [name, speed(name)])) as Record<WayName, number>;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

export function decodeTable(results: readonly DecodeResult[]): string {
  const rows = results.map(({ file, bytes, megabytesPerSecond: speed }) => {
    const reference = speed["pprof-format"];
    const cell = (name: WayName) => `${speed[name].toFixed(0)} (${(speed[name] / reference).toFixed(1)}×)`;
    return `| ${file} | ${(bytes / 1000).toFixed(0)} | ${reference.toFixed(0)} | ${cell("tables")} | ${cell("call tree")} | ${cell("Go repair")} |`;
  });
  return [
    "decode, MB/s of uncompressed pprof (ratio to pprof-format)",
    "| file | kB | pprof-format | tables | call tree | with Go repair |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

if (import.meta.main) console.log(decodeTable(benchDecode()));
