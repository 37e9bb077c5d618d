// Environment → settings of the embedded server. Everything that may be refused before a file is touched is refused here.
import { isIPv6 } from "node:net";
import { resolve } from "node:path";
import { TOKEN_ENTRY, tokenEntries } from "../../src/http/gate.ts";
import { serverLimits } from "../../src/http/server-limits.ts";
import { messageOf } from "../../src/lib/log.ts";
import { StartRefused } from "./log.ts";

export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Absolute. Everything the server keeps lives below it. */
  readonly dataDir: string;
  /** Text bindings of the Worker: every EDGEFLAME_* of the environment. */
  readonly workerVars: Readonly<Record<string, string>>;
  readonly url: string;
  /** Serve what was built before, without looking at the sources. */
  readonly skipsBuild: boolean;
}

export function readSettings(env: NodeJS.ProcessEnv, root: string): Settings {
  const host = env.HOST || "127.0.0.1";
  const port = readPort(env.PORT || "4040");
  const workerVars: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith("EDGEFLAME_") && value !== undefined && value !== "") workerVars[name] = value;
  }
  requireToken(host, workerVars.EDGEFLAME_TOKEN ?? "");
  requireLimits(workerVars);
  const header = workerVars.EDGEFLAME_ADDRESS_HEADER;
  if (header !== undefined && !/^[\w-]+$/.test(header))
    throw new StartRefused(
      `EDGEFLAME_ADDRESS_HEADER=${header} is no name of a header: give one, like x-forwarded-for.`,
    );
  workerVars.EDGEFLAME_EMBEDDED = "1";
  return {
    host,
    port,
    dataDir: resolve(root, env.DATA_DIR || ".data"),
    workerVars,
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    skipsBuild: env.SKIP_BUILD === "1",
  };
}

/** Whether anybody has a token is told as the gate tells it: blanks are none. What it holds is a secret, and not repeated. */
function requireToken(host: string, token: string): void {
  const entries = tokenEntries(token);
  if (entries.length === 0 && !isLoopback(host))
    throw new StartRefused(
      `HOST=${host} is reachable from other machines: set EDGEFLAME_TOKEN=write:SECRET,read:SECRET,admin:SECRET first, or use HOST=127.0.0.1.`,
    );
  if (entries.length === 0 && token.trim() !== "")
    throw new StartRefused(
      "EDGEFLAME_TOKEN has no entry, and would let nobody in: give write:SECRET,read:SECRET,admin:SECRET, or some of them, or leave it unset.",
    );
  if (!entries.every((entry) => TOKEN_ENTRY.test(entry)))
    throw new StartRefused(
      "EDGEFLAME_TOKEN has an entry that is not scope:secret: give write:SECRET,read:SECRET,admin:SECRET, or some of them.",
    );
}

/** With limits that it does not understand the Worker would refuse every request. */
function requireLimits(workerVars: Readonly<Record<string, string>>): void {
  try {
    serverLimits(workerVars);
  } catch (error) {
    throw new StartRefused(messageOf(error));
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new StartRefused(`PORT=${text} is no port: give 1 to 65535.`);
  return port;
}

/** Names but `localhost` count as foreign: what they resolve to may change. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
