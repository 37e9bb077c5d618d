// Loading a history: profiles a second through Push, a thousand to a request, what it costs the runtime, how long reads
// take meanwhile, and when the last hour is sealed. Every profile decodes through the same checks as one that comes alone.
//
//   a day      one profile per 10 s, 8640: many slots in few hours
//   a year     one profile per hour, 8760: as many hours to seal as profiles
//   one by one a part of the same profiles, each in a request of its own: the baseline of the run
import { gzipSync } from "node:zlib";
import { writePprof } from "../../scripts/demo/pprof-writer.ts";
import { type KindName, PROFILE_KINDS, type ProfileKind, samplesAt } from "../../scripts/demo/profiles.ts";
import { REGIONS } from "../../scripts/demo/story.ts";
import { readOptions } from "../../scripts/load/options.ts";
import { pushMessage } from "../../scripts/load/push-message.ts";
import type { LoadedProfile } from "../../scripts/load/read-profile.ts";
import { machineLine, markdownTable, percentile } from "../lib/figures.ts";
import { load } from "../lib/load.ts";
import type { Subject } from "../lib/subject.ts";

const PER_REQUEST = 1000;
const CONNECTIONS = 2;
const ALONE = 1000;
const READ_EVERY_MS = 250;
const SEAL_WAIT_MS = 240_000;

const HISTORIES = [
  { name: "a day, cpu", kind: "cpu", stepS: 10, count: 8640 },
  { name: "a day, mutex", kind: "mutex", stepS: 10, count: 8640 },
  { name: "a year, cpu", kind: "cpu", stepS: 3600, count: 8760 },
] as const satisfies readonly { name: string; kind: KindName; stepS: number; count: number }[];

type History = (typeof HISTORIES)[number];

export async function benchLoad(subject: Subject): Promise<string> {
  const rows: string[][] = [];
  for (const history of HISTORIES) {
    const profiles = profilesOf(history);
    const app = `bench.load.${history.stepS}.${history.kind}`;
    const alone = await pushAll(subject, `${app}.alone`, profiles.slice(0, ALONE), 1, 8);
    const reads = readsOf(subject, app);
    const together = await pushAll(subject, app, profiles, PER_REQUEST, CONNECTIONS);
    const pushedAt = performance.now();
    const sealed = await untilSealed(subject);
    const latencies = await reads.stop();
    const bytes = profiles.reduce((sum, { profile }) => sum + profile.length, 0) / profiles.length;
    rows.push([
      history.name,
      `${profiles.length}`,
      bytes.toFixed(0),
      together.perSecond.toFixed(0),
      (together.perSecond / alone.perSecond).toFixed(1),
      together.cpuPerThousand,
      alone.cpuPerThousand,
      percentile(latencies, 0.5).toFixed(0),
      (latencies.at(-1) ?? Number.NaN).toFixed(0),
      sealed ? ((performance.now() - pushedAt) / 1000).toFixed(0) : `over ${SEAL_WAIT_MS / 1000}`,
    ]);
  }
  const head = [
    "history",
    "profiles",
    "bytes each",
    "a second",
    "× one by one",
    "workerd CPU ms per 1000",
    "one by one",
    "read p50 ms",
    "slowest read ms",
    "sealed after s",
  ];
  return markdownTable(`### Load\n\n${machineLine()}`, head, rows);
}

async function pushAll(
  subject: Subject,
  app: string,
  profiles: readonly LoadedProfile[],
  perRequest: number,
  connections: number,
) {
  const options = readOptions(["--app", app, "in memory"], {});
  if (options === null) throw new Error("no options");
  const bodies: Uint8Array[] = [];
  for (let at = 0; at < profiles.length; at += perRequest)
    bodies.push(pushMessage(profiles.slice(at, at + perRequest), options));
  let next = 0;
  const request = () => ({
    method: "POST" as const,
    path: "/push.v1.PusherService/Push",
    contentType: "application/proto",
    body: bodies[next++] ?? new Uint8Array(0),
  });
  const before = subject.use();
  const { seconds } = await load(subject.url, request, { connections, requests: bodies.length });
  const after = subject.use();
  const cpu =
    before === null || after === null ? null : ((after.cpuSeconds - before.cpuSeconds) * 1e6) / profiles.length;
  return { perSecond: profiles.length / seconds, cpuPerThousand: cpu === null ? "–" : cpu.toFixed(0) };
}

function profilesOf({ kind: kindName, stepS, count }: History): LoadedProfile[] {
  const untilS = Math.floor(Date.now() / 3_600_000) * 3600;
  const range = { seed: "load", fromS: untilS - stepS * count, untilS };
  const region = REGIONS[0];
  const kind: ProfileKind = PROFILE_KINDS[kindName];
  return Array.from({ length: count }, (_, i) => {
    const startS = range.fromS + i * stepS;
    const { valueTypes, periodType, period } = kind;
    const samples = samplesAt(range, kindName, region, startS);
    const head = { valueTypes, periodType, period, startS, durationS: kind.stepS, binary: "/rideshare" };
    const profile = gzipSync(writePprof({ ...head, samples }), { level: 1 });
    return { file: "", metric: "process_cpu", profile, id: `load-${kindName}-${startS}`, timeSeconds: startS };
  });
}

/** Asks for the whole app again and again, each time from another beginning, until it is told to stop. */
function readsOf(subject: Subject, app: string) {
  const latencies: number[] = [];
  let goesOn = true;
  const loop = (async () => {
    for (let k = 0; goesOn; k++) {
      const from = performance.now();
      const query = new URLSearchParams({ query: `${app}.cpu`, from: `now-${31_536_000 - k}s`, until: "now" });
      await (await fetch(`${subject.url}/render?${query}`)).arrayBuffer();
      latencies.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    }
  })();
  return {
    async stop(): Promise<number[]> {
      goesOn = false;
      await loop;
      return latencies.toSorted((a, b) => a - b);
    },
  };
}

/** Whether all hours came to be sealed while we waited. The hours of now stay open, so there are none. */
async function untilSealed(subject: Subject): Promise<boolean> {
  const giveUpAt = performance.now() + SEAL_WAIT_MS;
  while (performance.now() < giveUpAt) {
    const text = await (await fetch(`${subject.url}/metrics`)).text();
    if (/^edgeflame_live_shards 0$/m.test(text)) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}
