// A long run of damaged profiles through the whole way of an upload, printing what became of them and
// how much memory the first 1 000 needed against all.
//
//   node --expose-gc scripts/fuzz-formats.ts [--count 100000] [--seed 1]
//
// It ends with 1 when anything else than a client's error was thrown (with seed and number, so that the
// case can be made again), or when memory grew by more than a fifth after the first 1 000 inputs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { LIMITS } from "../src/config.ts";
import { decodeUpload } from "../src/ingest/decode-upload.ts";
import { mutate, random } from "../test/formats/mutations.ts";

const FIRST = 1000;
const { values: options } = parseArgs({
  options: { count: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const count = Number(options.count);
const seed = Number(options.seed);

const ROOT = join(import.meta.dirname, "..");
const SHARED = process.env.EDGEFLAME_SHARED_DATA ?? join(ROOT, "../shared/data");
const FOLDERS = [join(ROOT, "test/fixtures/pprof"), join(ROOT, "test/fixtures/folded"), join(SHARED, "pprof")];

interface Seed {
  readonly bytes: Uint8Array;
  readonly format: "pprof" | "folded";
}

/** Files below 100 kB: larger ones take time and find nothing else. */
const seeds: readonly Seed[] = FOLDERS.filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((path) => /[.](pb|pb[.]gz|pprof)$/.test(path) || /folded.[^.]+[.]txt$/.test(path))
  .map((path): Seed => {
    const bytes = readFileSync(path);
    return { bytes: bytes[0] === 0x1f ? gunzipSync(bytes) : bytes, format: path.endsWith(".txt") ? "folded" : "pprof" };
  })
  .filter(({ bytes }) => bytes.length < 100_000);

const SPIES = ["gospy", "pyspy", "dotnetspy", "rbspy"];

async function outcomeOf(i: number): Promise<string> {
  const next = random(seed * 1_000_003 + i);
  const { bytes, format } = seeds[i % seeds.length] ?? { bytes: new Uint8Array(0), format: "pprof" };
  const damaged = mutate(bytes, next);
  // One in eight is damaged once more, within gzip.
  const body = i % 8 === 0 ? mutate(gzipSync(damaged), next) : damaged;
  const params = new URLSearchParams({ name: "fuzz", format, spyName: SPIES[i % SPIES.length] ?? "" });
  try {
    const upload = await decodeUpload({ params, contentType: "", body }, { now: 1e9, limits: LIMITS, goRepair: true });
    return upload === null ? "nothing to store" : "stored";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "malformed_profile" || code === "profile_too_large") return code;
    console.error(`seed ${seed}, number ${i}:`, error);
    process.exitCode = 1;
    return "FAILED";
  }
}

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) console.error("without --expose-gc the memory figures say little");

/** Bytes of heap and buffers in use. */
function memory(): number {
  collect?.();
  collect?.(); // buffers are let go a round after the objects that held them
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const outcomes: Record<string, number> = {};
let peakFirst = 0;
let peak = 0;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const start = performance.now();
for (let i = 0; i < count; i++) {
  const outcome = await outcomeOf(i);
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  // zlib lets go of its memory between turns of the event loop, as it does between requests.
  if (i % 25 === 24) await setImmediate();
  if (i % 100 === 99) {
    peak = Math.max(peak, memory());
    if (i < FIRST) peakFirst = peak;
  }
}
console.log(
  `${count} inputs from ${seeds.length} files, seed ${seed}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
);
console.log(outcomes);
console.log(`memory in use after the first ${FIRST}: ${megabytes(peakFirst)}, at most later: ${megabytes(peak)}`);
console.log(`largest resident set: ${megabytes(process.resourceUsage().maxRSS * 1024)}`);
if (collect !== undefined && peak > peakFirst * 1.2) process.exitCode = 1;
