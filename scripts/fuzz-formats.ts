// A long run of damaged inputs through the decoders, each down to the bytes that would be stored: what became of them, how much
// memory the first 1 000 needed against all, and which took longest for their size.
//
//   node --expose-gc --single-threaded-gc --max-semi-space-size=8 scripts/fuzz-formats.ts
//     [--format NAME,…] [--count 100000] [--seed 1] [--state FILE]
//
// The engine's own growth, of its young generation and of what its collector's threads keep, is 60 to 80 MB of resident set
// that no decoder asked for: so both are held.
//
// Without a name each decoder has a process of its own, one after another. --state keeps where it is, and goes on from there.
// --only N makes one input again and says what becomes of it.
//
// Time: processor time of this thread for one input, per MB of what was sent or of what that inflates to, whichever is more, and
// at least 1 MB; the least of four runs when the first is above the mark. It ends with 1 when anything but a typed refusal was
// thrown, when memory in use or the peak of the resident set grew by more than a fifth after the first 1 000, or when an input
// took more than 50 ms per MB.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { damagedInput } from "../test/formats/fuzz-input.ts";
import { type FuzzSubject, fuzzSubjects } from "../test/formats/fuzz-subjects.ts";

const FIRST = 1000;
const MS_PER_MB = 50;
const GROWTH_ALLOWED = 1.2;
const GREW_MB = 4;
const { values: options } = parseArgs({
  options: {
    format: { type: "string", default: "" },
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    state: { type: "string" },
    only: { type: "string" },
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
  for (let again = 0; again < 3 && least > MS_PER_MB * megabytes; again++)
    least = Math.min(least, (await timed(subject, input)).ms);
  const msPerMb = least / megabytes;
  run.outcomes[outcome] = (run.outcomes[outcome] ?? 0) + 1;
  if (outcome === "FAILED") run.failures++;
  run.slowest = Math.max(run.slowest, msPerMb);
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
      run.slowest.toFixed(1),
      run.seconds.toFixed(0),
    ].join(" | ")} |`,
  );
  for (const { input, msPerMb } of run.slow.slice(0, 20))
    console.log(`${name}: input ${input} of seed ${seed} took ${msPerMb.toFixed(1)} ms per MB`);
  const grew = run.grew.map(({ input, mb }) => `${input} (${mb} MB)`);
  if (grew.length > 0) console.log(`${name}: the resident set grew with input ${grew.slice(0, 20).join(", ")}`);
  if (collect === undefined) console.error("without --expose-gc the memory figures say nothing");
  const isSteady = collect === undefined || (growth <= GROWTH_ALLOWED && residentGrowth <= GROWTH_ALLOWED);
  if (!isSteady) console.log(`${name}: memory grew`);
  return run.failures === 0 && run.slow.length === 0 && isSteady;
}

const HEAD = [
  "| decoder | inputs | files | MB | outcomes | in use after the first 1000 → at most, MB | resident, MB | slowest, ms per MB | s |",
  "|---|---|---|---|---|---|---|---|---|",
].join("\n");

const subjects = fuzzSubjects();
const wanted = options.format === "" ? [] : options.format.split(",");
const chosen = subjects.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (options.only !== undefined) {
  for (const subject of chosen) console.log(subject.name, await timed(subject, Number(options.only)));
} else if (chosen.length === 1 && chosen[0] !== undefined) process.exitCode = (await runOne(chosen[0])) ? 0 : 1;
else {
  console.log(HEAD);
  const state = options.state === undefined ? [] : ["--state", options.state];
  for (const { name } of chosen) {
    const own = ["--format", name, "--count", options.count, "--seed", options.seed, ...state];
    const { status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? "", ...own], {
      stdio: "inherit",
    });
    if (status !== 0) process.exitCode = 1;
  }
}
