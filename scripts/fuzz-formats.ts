// A long run of damaged inputs through the decoders, each down to the bytes that would be stored: what became of them, how much
// memory the first 1 000 needed against all, and which took longest for their size.
//
//   node scripts/fuzz-formats.ts [--format NAME,…] [--count 100000] [--seed 1] [--state FILE] [--only N]
//
// Each decoder has a process of its own, one after another. --state keeps where it is, and goes on from there. --only makes
// input N again and says what becomes of it.
//
// The engine's own growth, of its young generation and of what its collector's threads keep, is 60 to 80 MB of resident set
// that no decoder asked for: so both are held. Taking types out of the sources in the process itself would be 150 MB more, and
// then a fifth of all would be nothing: so processes run a bundle.
//
// Time: processor time of this thread for one input, per MB of what was sent or of what that inflates to, whichever is more, and
// at least 1 MB; the least of four runs when the first is above a fifth of the mark. It ends with 1 when anything but a typed refusal was
// thrown, when memory in use or the peak of the resident set grew by more than a fifth after the first 1 000, or when an input
// took more than 50 ms per MB.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { damagedInput } from "../test/formats/fuzz-input.ts";
import { type FuzzSubject, fuzzSubjects } from "../test/formats/fuzz-subjects.ts";

const FIRST = 1000;
const MS_PER_MB = 50;
/** Another process's turn may be all of it, so these are run again. */
const DOUBTFUL_MS_PER_MB = MS_PER_MB / 5;
const GROWTH_ALLOWED = 1.2;
const GREW_MB = 4;
const { values: options } = parseArgs({
  options: {
    format: { type: "string", default: "" },
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    state: { type: "string" },
    only: { type: "string" },
    /** Said by this script to the process of a decoder. */
    inside: { type: "string" },
  },
});
const count = Number(options.count);
const seed = Number(options.seed);

interface Run {
  /** The next input. */
  next: number;
  outcomes: Record<string, number>;
  failures: number;
  slow: { input: number; msPerMb: number }[];
  slowest: number;
  slowestInput: number;
  bytes: number;
  seconds: number;
  heapFirst: number;
  heapPeak: number;
  residentFirst: number;
  residentPeak: number;
  /** Inputs after the first 1 000 that raised the peak by 4 MB or more. */
  grew: { input: number; mb: number }[];
}

const fresh = (): Run => ({
  next: 0,
  outcomes: {},
  failures: 0,
  slow: [],
  slowest: 0,
  slowestInput: 0,
  bytes: 0,
  seconds: 0,
  heapFirst: 0,
  heapPeak: 0,
  residentFirst: 0,
  residentPeak: 0,
  grew: [],
});

const collect = (globalThis as { gc?: () => void }).gc;

/** Bytes of heap and buffers in use. */
function memory(): number {
  collect?.();
  collect?.(); // buffers are let go a round after the objects that held them
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The highest resident set so far. */
const peakMb = (): number => (process.resourceUsage().maxRSS * 1024) / 1e6;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

async function timed(subject: FuzzSubject, input: number): Promise<{ outcome: string; ms: number; bytes: number }> {
  const { body, size } = damagedInput(subject, seed, input);
  const start = cpuMs();
  let outcome = "nothing to store";
  try {
    if (await subject.decode(body, input)) outcome = "stored";
  } catch (error) {
    outcome = error instanceof Error && "code" in error ? String(error.code) : "FAILED";
    if (!subject.codes.includes(outcome)) {
      console.error(`${subject.name}: seed ${seed}, input ${input}:`, error);
      outcome = "FAILED";
    }
  }
  return { outcome, ms: cpuMs() - start, bytes: size };
}

async function take(subject: FuzzSubject, input: number, run: Run): Promise<void> {
  const { outcome, ms, bytes } = await timed(subject, input);
  const megabytes = Math.max(1, bytes / 1e6);
  let least = ms;
  for (let again = 0; again < 3 && least > DOUBTFUL_MS_PER_MB * megabytes; again++)
    least = Math.min(least, (await timed(subject, input)).ms);
  const msPerMb = least / megabytes;
  run.outcomes[outcome] = (run.outcomes[outcome] ?? 0) + 1;
  if (outcome === "FAILED") run.failures++;
  if (msPerMb > run.slowest) [run.slowest, run.slowestInput] = [msPerMb, input];
  if (msPerMb > MS_PER_MB) run.slow.push({ input, msPerMb });
  run.bytes += bytes;
}

async function runOne(subject: FuzzSubject): Promise<boolean> {
  const kept = options.state === undefined ? null : `${options.state}.${subject.name}.json`;
  const run: Run =
    kept !== null && existsSync(kept) ? { ...fresh(), ...JSON.parse(readFileSync(kept, "utf8")) } : fresh();
  const goesOn = run.next > 0;
  // What the first need is measured anew in every process.
  for (let i = 0; goesOn && i < FIRST; i++) {
    await timed(subject, i);
    if (i % 25 === 24) collect?.();
  }
  if (goesOn) {
    run.heapFirst = run.heapPeak = memory();
    run.residentFirst = run.residentPeak = peakMb() * 1e6;
  }
  const start = performance.now() - run.seconds * 1000;
  for (let i = run.next; i < count; i++) {
    const before = peakMb();
    await take(subject, i, run);
    if (i >= FIRST && peakMb() - before >= GREW_MB) run.grew.push({ input: i, mb: Math.round(peakMb() - before) });
    // zlib lets go of its memory between turns of the event loop, as it does between requests.
    if (i % 25 === 24) {
      await setImmediate();
      // Garbage that waits for the engine to think of it is no input's fault, and would swamp the resident set.
      collect?.();
    }
    if (i % 200 !== 199) continue;
    run.heapPeak = Math.max(run.heapPeak, memory());
    run.residentPeak = Math.max(run.residentPeak, peakMb() * 1e6);
    if (i < FIRST) [run.heapFirst, run.residentFirst] = [run.heapPeak, run.residentPeak];
    Object.assign(run, { next: i + 1, seconds: (performance.now() - start) / 1000 });
    if (kept !== null && i % 1000 === 999) writeFileSync(kept, JSON.stringify(run));
  }
  return report(subject, run);
}

function report({ name, seeds }: FuzzSubject, run: Run): boolean {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  const growth = run.heapPeak / Math.max(1, run.heapFirst);
  const residentGrowth = run.residentPeak / Math.max(1, run.residentFirst);
  const outcomes = Object.entries(run.outcomes).map(([what, times]) => `${what} ${times}`);
  console.log(
    `| ${[
      name,
      count,
      seeds.length,
      mb(run.bytes),
      outcomes.join(", "),
      `${mb(run.heapFirst)} → ${mb(run.heapPeak)}`,
      `${mb(run.residentFirst)} → ${mb(run.residentPeak)}`,
      `${run.slowest.toFixed(1)} (${run.slowestInput})`,
      run.seconds.toFixed(0),
    ].join(" | ")} |`,
  );
  for (const { input, msPerMb } of run.slow.slice(0, 20))
    console.log(`${name}: input ${input} of seed ${seed} took ${msPerMb.toFixed(1)} ms per MB`);
  const grew = run.grew.map(({ input, mb }) => `${input} (${mb} MB)`);
  if (grew.length > 0) console.log(`${name}: the resident set grew with input ${grew.slice(0, 20).join(", ")}`);
  const isSteady = growth <= GROWTH_ALLOWED && residentGrowth <= GROWTH_ALLOWED;
  if (!isSteady) console.log(`${name}: memory grew`);
  return run.failures === 0 && run.slow.length === 0 && isSteady;
}

const HEAD = [
  "| decoder | inputs | files | MB | outcomes | in use after the first 1000 → at most, MB | resident, MB | slowest, ms per MB (input) | s |",
  "|---|---|---|---|---|---|---|---|---|",
].join("\n");

const ENGINE = ["--expose-gc", "--single-threaded-gc", "--max-semi-space-size=8"];

/** This file with all that it imports, as plain JavaScript. */
async function bundled(folder: string): Promise<string> {
  const { build } = await import("esbuild");
  const outfile = join(folder, "fuzz-formats.mjs");
  await build({
    entryPoints: [import.meta.filename],
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["esbuild"],
    // Seeds are found from where their module is.
    define: { "import.meta.dirname": JSON.stringify(join(import.meta.dirname, "../test/formats")) },
    outfile,
    logLevel: "error",
  });
  return outfile;
}

async function runAll(names: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-formats-"));
  try {
    const script = await bundled(folder);
    if (options.only === undefined) console.log(HEAD);
    for (const name of names) {
      const { format: _, ...others } = options;
      const own = Object.entries({ ...others, inside: name }).flatMap(([option, value]) => [`--${option}`, value]);
      const { status } = spawnSync(process.execPath, [...ENGINE, script, ...own], { stdio: "inherit" });
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const subjects = fuzzSubjects();
const inside = subjects.find(({ name }) => name === options.inside);
const wanted = options.format === "" ? subjects.map(({ name }) => name) : options.format.split(",");
const unknown = wanted.find((name) => subjects.every((subject) => subject.name !== name));
if (unknown !== undefined)
  throw new Error(`no decoder ${unknown}; there are ${subjects.map(({ name }) => name).join()}`);
if (inside === undefined) await runAll(wanted);
else if (options.only !== undefined) console.log(inside.name, await timed(inside, Number(options.only)));
else process.exitCode = (await runOne(inside)) ? 0 : 1;
