// What `npm run load` is asked to do.
import { parseArgs } from "node:util";
import { LOOPBACK } from "../../src/lib/loopback.ts";

export const USAGE = `usage: npm run load -- [options] FILES…

Sends profiles to a Pyroscope-compatible server (Push). FILES are pprof, gzipped or not, or folded text
("frame;frame count" lines); folders are searched; * and ** match.

  --url URL            PYROSCOPE_SERVER_ADDRESS, else http://localhost:4040
  --token SECRET       PYROSCOPE_AUTH_TOKEN; sent as a bearer token
  --app NAME           service_name of all profiles (default: load)
  --labels k=v,k=v     further labels of all profiles
  --type NAME          __name__, such as process_cpu, memory, goroutines, mutex, block (default: by the sample types)
  --time TIME          when profiles that do not say it were taken: unix seconds, an ISO date, or mtime (the default)
  --rate HZ            samples a second of folded text (default: 100)
  --concurrency N      requests under way (default: 4)
  --batch N            profiles in one request, at most (default: 1000)
  --dry-run            read the files and say what would be sent

Ends with 0 when all is stored, 1 when files were refused, 2 for a wrong call, 3 when the server can't be reached.
A profile that is sent again within 24 hours counts once.`;

export interface LoadOptions {
  readonly files: readonly string[];
  readonly url: string;
  readonly token: string | null;
  readonly app: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** __name__, or null to guess it. */
  readonly type: string | null;
  /** Unix seconds, or null for the file's own. */
  readonly timeSeconds: number | null;
  readonly rateHz: number;
  readonly concurrency: number;
  readonly batch: number;
  readonly dryRun: boolean;
  /** A server on this machine: what was inflated to be looked at is sent so, and it need not do that again. */
  readonly sendsInflated: boolean;
}

/** @throws Error that says what is wrong with the call; null when only help was asked for */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): LoadOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: "string", default: environment.PYROSCOPE_SERVER_ADDRESS || "http://localhost:4040" },
      token: { type: "string", default: environment.PYROSCOPE_AUTH_TOKEN ?? "" },
      app: { type: "string", default: "load" },
      labels: { type: "string", default: "" },
      type: { type: "string", default: "" },
      time: { type: "string", default: "mtime" },
      rate: { type: "string", default: "100" },
      concurrency: { type: "string", default: "4" },
      batch: { type: "string", default: "1000" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  if (positionals.length === 0) throw new Error("no files given");
  if (values.type !== "" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(values.type))
    throw new Error(`--type ${values.type}: letters, digits and _ only`);
  const url = readUrl(values.url);
  return {
    files: positionals,
    url,
    token: values.token === "" ? null : values.token,
    app: values.app,
    labels: readLabels(values.labels),
    type: values.type === "" ? null : values.type,
    timeSeconds: readTime(values.time),
    rateHz: whole("--rate", values.rate, 1, 1_000_000),
    concurrency: whole("--concurrency", values.concurrency, 1, 64),
    batch: whole("--batch", values.batch, 1, 10_000),
    dryRun: values["dry-run"],
    sendsInflated: LOOPBACK.test(new URL(url).hostname),
  };
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new Error(`--url ${text}: not a web address`);
  return text.replace(/\/+$/, "");
}

function readLabels(text: string): [string, string][] {
  if (text === "") return [];
  return text.split(",").map((pair) => {
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || name === "" || value === "") throw new Error(`--labels ${pair}: expected name=value`);
    return [name, value];
  });
}

function readTime(text: string): number | null {
  if (text === "mtime") return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!Number.isFinite(seconds) || seconds > 1e11)
    throw new Error(`--time ${text}: expected unix seconds, an ISO date or mtime`);
  return Math.floor(seconds);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${name} ${text}: expected a whole number from ${least} to ${most}`);
  return value;
}
