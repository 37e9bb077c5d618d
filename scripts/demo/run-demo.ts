// The command behind `npm run demo`: reads the options, sends the history with a progress bar, says what to look at.

import { parseArgs } from "node:util";
import { sendAll } from "./send.ts";
import { comparedPeriods, type DemoRange, incidentTimes, LOCK_SHARE, type TimeRange } from "./story.ts";
import { countUploads, demoUploads } from "./uploads.ts";

const USAGE = `usage: npm run demo -- [--hours 24] [--server URL] [--token SECRET] [--seed WORD] [--until UNIX_SECONDS]

Sends a rideshare history of three regions to PYROSCOPE_SERVER_ADDRESS (http://localhost:4040), ending now.
PYROSCOPE_AUTH_TOKEN is sent as a bearer token.`;

const CONCURRENCY = 12;
const SHORTEST_HOURS = 0.75;
const LONGEST_HOURS = 31 * 24;

export async function runDemo(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const options = readOptions(args, environment);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const { server, token, range } = options;
  const total = countUploads(range);
  console.log(`Sending ${total} profiles, ${local(range.fromS)} to ${local(range.untilS)}, to ${server}`);

  const startedMs = Date.now();
  const bar = progressBar(total, startedMs);
  let bytes = 0;
  try {
    const onSent = (size: number) => {
      bytes += size;
      bar.step();
    };
    await sendAll(demoUploads(range), { server, token, concurrency: CONCURRENCY, onSent });
  } catch (error) {
    bar.end();
    console.error(error instanceof Error ? error.message : String(error));
    console.error(`Is the server running? "npm start" starts one on http://localhost:4040.`);
    return 1;
  }
  bar.end();
  const seconds = (Date.now() - startedMs) / 1000;
  console.log(`Sent ${total} profiles, ${(bytes / 1e6).toFixed(1)} MB, in ${seconds.toFixed(1)} s.\n`);
  for (const line of advice(server, range)) console.log(line);
  return 0;
}

function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      hours: { type: "string", default: "24" },
      server: { type: "string", default: environment.PYROSCOPE_SERVER_ADDRESS || "http://localhost:4040" },
      token: { type: "string", default: environment.PYROSCOPE_AUTH_TOKEN ?? "" },
      seed: { type: "string", default: "rideshare" },
      until: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
      help: { type: "boolean", default: false },
    },
  });
  const hours = Number(values.hours);
  const untilS = Number(values.until);
  if (values.help || !(hours >= SHORTEST_HOURS && hours <= LONGEST_HOURS) || !Number.isInteger(untilS)) return null;
  const range: DemoRange = { seed: values.seed, fromS: untilS - Math.round(hours * 3600), untilS };
  return { server: values.server.replace(/\/+$/, ""), token: values.token === "" ? null : values.token, range };
}

function advice(server: string, range: DemoRange): string[] {
  const { query, low, high } = comparedPeriods(range);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const pageRange = new URLSearchParams({ query, from: String(range.fromS), until: String(range.untilS) });
  const search = `${pageRange}&leftFrom=${low.fromS}&leftUntil=${low.untilS}&rightFrom=${high.fromS}&rightUntil=${high.untilS}`;
  const times = ({ fromS, untilS }: TimeRange) => `${fromS} to ${untilS} (${local(fromS)} to ${local(untilS)})`;
  return [
    `The incident in us-west-1 began at ${local(incidentTimes(range).startS)}. In ${query}, mutexLock takes`,
    `  ${percent(LOCK_SHARE.low)} of the CPU in the low range   ${times(low)}`,
    `  ${percent(LOCK_SHARE.high)} of the CPU in the high range  ${times(high)}`,
    `Compare them: ${server}/comparison?${search}`,
    `See the diff: ${server}/comparison-diff?${search}`,
  ];
}

function local(timeS: number): string {
  return new Date(timeS * 1000).toLocaleString("sv-SE").slice(0, 16);
}

/** On a terminal one line that fills; elsewhere a line each tenth. */
function progressBar(total: number, startedMs: number) {
  const width = 32;
  let sent = 0;
  let shownMs = 0;
  const terminal = process.stdout.isTTY;
  const text = () => {
    const filled = Math.round((width * sent) / total);
    const perS = sent / Math.max(0.001, (Date.now() - startedMs) / 1000);
    return `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${sent}/${total}  ${perS.toFixed(0)}/s`;
  };
  const step = () => {
    sent++;
    if (!terminal) {
      if (Math.floor((10 * sent) / total) > Math.floor((10 * (sent - 1)) / total)) console.log(text());
    } else if (Date.now() - shownMs > 100 || sent === total) {
      shownMs = Date.now();
      process.stdout.write(`\r${text()}`);
    }
  };
  const end = () => {
    if (terminal) process.stdout.write("\n");
  };
  return { step, end };
}
