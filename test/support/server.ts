// Starts the real embedded server as its own process, for tests and benches.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface ServerOptions {
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Kept after stop(). Without it: a fresh temporary folder that stop() removes. */
  readonly dataDir?: string;
  readonly port?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TestServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** All lines printed so far, of stdout and stderr. */
  readonly logs: readonly string[];
  readonly exited: Promise<Exit>;
  /** Asks the server to end and waits for it. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** SIGKILL to the Node process alone; its guardian has to end workerd. The data folder is kept. */
  kill(): Promise<Exit>;
  /** SIGKILL to the whole process group: Node and workerd at once. The data folder is kept. */
  killGroup(): Promise<Exit>;
}

const ROOT = join(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 90_000; // the first start builds page and Worker
const PORT_ATTEMPTS = 3;

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options, options.port ?? (await freePort()));
    } catch (error) {
      // Between finding a free port and opening it, another test may have taken it.
      const isPortLost = options.port === undefined && /is taken|ERR_ADDRESS_IN_USE/.test(String(error));
      if (!isPortLost || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: ServerOptions, port: number): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "edgeflame-test-"));
  const { child, logs, exited } = launchServer({ ...options.env, PORT: String(port), DATA_DIR: dataDir });
  const removeOwnData = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(child, logs, exited);
  } catch (error) {
    child.kill("SIGKILL");
    removeOwnData();
    throw error;
  }
  const pid = child.pid as number;
  return {
    url: `http://127.0.0.1:${port}`,
    pid,
    dataDir,
    logs,
    exited,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const exit = await exited;
      removeOwnData();
      return exit;
    },
    kill() {
      child.kill("SIGKILL");
      return exited;
    },
    killGroup() {
      process.kill(-pid, "SIGKILL");
      return exited;
    },
  };
}

/** Runs the server without waiting for it: also for starts that are expected to be refused. */
export function launchServer(env: Readonly<Record<string, string | undefined>>): {
  child: ChildProcess;
  logs: readonly string[];
  exited: Promise<Exit>;
} {
  const child = spawn(process.execPath, ["scripts/with-node24.mjs", "scripts/start.mjs"], {
    cwd: ROOT,
    // The mark makes the server end when the channel closes, that is when this process is gone.
    env: { ...process.env, EDGEFLAME_NODE24_CHILD: "1", NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true, // a group of its own, for killGroup()
  });
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface(stream).on("line", (line) => logs.push(line));
  }
  const exited = new Promise<Exit>((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  return { child, logs, exited };
}

async function untilReady(child: ChildProcess, logs: readonly string[], exited: Promise<Exit>): Promise<void> {
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (!logs.some((line) => line.startsWith("Edgeflame is ready"))) {
    if (hasExited) throw new Error(`The server ended before it was ready:\n${logs.join("\n")}`);
    if (performance.now() > giveUpAt)
      throw new Error(`The server (${child.pid}) did not get ready:\n${logs.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
