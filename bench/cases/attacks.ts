// What attackers' bytes cost (test/formats/attacks): processor time for each MB, against real files of the same decoder in the same
// process, and what they raise the peak of the resident set by. Each attack has a process of its own.
//
//   node bench/cases/attacks.ts [FORMAT or part of a name …]      [--size BYTES] each about this large
//
// Time: of this thread, the least of several runs; for each MB of the body or of what it inflates to, whichever is more, and of at
// least one: a request costs something, however small. What is refused takes part: it costs, too.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { LIMITS } from "../../src/config.ts";
import { isGzip } from "../../src/lib/is-gzip.ts";
import { ATTACKS } from "../../test/formats/attacks/all.ts";
import type { Attack, Bytes } from "../../test/formats/attacks/attack.ts";
import { codeOf, send } from "../../test/formats/attacks/run.ts";
import { fuzzSubjects } from "../../test/formats/fuzz-subjects.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";

const SIZE = 2_000_000;
const MOST_ROUNDS = 20;
/** Once runs have taken this long together, none is tried again. */
const LONG_MS = 3000;
const HONEST_BYTES = 1_000_000;
/** Code that has just been loaded is slow: real files are read for this long before anything counts. */
const WARM_MS = 2000;

interface Measured {
  readonly bytes: number;
  readonly msPerMb: number;
  readonly honestMsPerMb: number;
  readonly peakMb: number;
  readonly outcome: string;
  /** Batches handed to objects. */
  readonly calls: number;
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

function inflatedLength(body: Bytes): number {
  if (!isGzip(body)) return body.length;
  try {
    return gunzipSync(body, { maxOutputLength: LIMITS.inflatedBytes }).length;
  } catch {
    return body.length;
  }
}

/** ms for each MB of the real files of a decoder: those that are read. */
async function honest(format: string): Promise<number> {
  const subject = fuzzSubjects().find(({ name }) => name === format);
  if (subject === undefined) throw new Error(`no real files of ${format}`);
  const times: number[] = [];
  const began = cpuMs();
  for (let round = 0; round < 5 || cpuMs() - began < WARM_MS; round++) {
    let bytes = 0;
    let ms = 0;
    while (bytes < HONEST_BYTES)
      for (const [i, seed] of subject.seeds.entries()) {
        const start = cpuMs();
        try {
          await subject.decode(seed, i);
          ms += cpuMs() - start;
        } catch {
          // One that is there to be refused.
        }
        bytes += seed.length;
      }
    times.push(ms / (bytes / 1e6));
  }
  return median(times.slice(-5));
}

async function measure(attack: Attack, size: number): Promise<Measured> {
  const honestMsPerMb = await honest(attack.format);
  const body = attack.make(Math.min(size, attack.most ?? size));
  const bytes = Math.max(body.length, inflatedLength(body));
  const before = process.resourceUsage().maxRSS;
  let least = Number.POSITIVE_INFINITY;
  let outcome = "";
  let calls = 0;
  const began = cpuMs();
  for (let round = 0; round === 0 || (round < MOST_ROUNDS && cpuMs() - began < LONG_MS); round++) {
    const start = cpuMs();
    try {
      calls = (await send(attack, body)).batches.length;
      outcome = "stored";
    } catch (error) {
      outcome = codeOf(error);
    }
    least = Math.min(least, cpuMs() - start);
  }
  const peakMb = ((process.resourceUsage().maxRSS - before) * 1024) / 1e6;
  return { bytes, msPerMb: least / Math.max(1, bytes / 1e6), honestMsPerMb, peakMb, outcome, calls };
}

function rowOf(attack: Attack, size: number): string[] {
  const index = String(ATTACKS.indexOf(attack));
  const args = [import.meta.filename, "--one", index, "--size", String(size)];
  const { stdout, status, signal, stderr } = spawnSync(process.execPath, ["--max-semi-space-size=8", ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0)
    return [attack.format, attack.name, "–", "–", "–", "–", `FAILED: ${signal ?? stderr.slice(-300)}`, "–"];
  const found = JSON.parse(stdout) as Measured;
  return [
    attack.format,
    attack.name,
    (found.bytes / 1e6).toFixed(1),
    found.msPerMb.toFixed(1),
    `${(found.msPerMb / found.honestMsPerMb).toFixed(1)}×`,
    found.peakMb.toFixed(0),
    found.outcome,
    String(found.calls),
  ];
}

/** @param wanted formats, or parts of names; none: all */
export function benchAttacks(wanted: readonly string[] = [], size = SIZE): string {
  const chosen = ATTACKS.filter(
    ({ format, name }) => wanted.length === 0 || wanted.some((one) => format === one || name.includes(one)),
  );
  const head = ["decoder", "attack", "MB", "ms per MB", "of real files", "peak, MB more", "outcome", "batches"];
  const rows = chosen.map((attack) => {
    const row = rowOf(attack, size);
    if (process.env.EDGEFLAME_BENCH_ROWS) console.error(row.join(" | "));
    return row;
  });
  return markdownTable(`### Attacks\n\n${machineLine()}`, head, rows);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { one: { type: "string" }, size: { type: "string", default: String(SIZE) } },
  });
  const attack = values.one === undefined ? undefined : ATTACKS[Number(values.one)];
  if (attack === undefined) console.log(benchAttacks(positionals, Number(values.size)));
  else console.log(JSON.stringify(await measure(attack, Number(values.size))));
}
