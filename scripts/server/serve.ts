// The embedded server: Miniflare's API with workerd's own socket on the public address.
//
//   client ──▶ workerd (HOST:PORT, direct socket) ──▶ Worker ──▶ objects, R2 and D1 simulators, page service
//   this process: starts it, fires cron, watches it, ends it. No request passes through Node.
//
// The direct socket answers an empty request five times faster than Miniflare's entry (decision record 0001).
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { buildWhatIsStale, workerBundle } from "./build.ts";
import { type DataLock, lockDataDir } from "./data-lock.ts";
import { clearFreePages } from "./free-pages.ts";
import { JsonLog, logEvent, logFromRuntime, StartRefused } from "./log.ts";
import { applyMigrations, areMigrationsApplied, migrationNames } from "./migrations.ts";
import { PAGE_SERVICE, pageService } from "./page-service.ts";
import { type RuntimeProcess, watchRuntimeProcess } from "./runtime-process.ts";
import { readSettings, type Settings } from "./settings.ts";
import { type ProjectConfig, readProjectConfig } from "./wrangler-config.ts";

const CRON_INTERVAL_MS = 60_000;
/** How long open requests may take after SIGTERM. */
const DRAIN_MS = 5_000;
/** Miniflare restarts a workerd that died; more deaths than this in a row mean that it can't live. */
const MAX_CRASHES = 5;
const CRASH_MEMORY_MS = 60_000;

export async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await start(env);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  let server: EmbeddedServer | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => (server === undefined ? process.exit(0) : server.stop(signal)));
  }
  const root = dirname(dirname(import.meta.dirname));
  const settings = readSettings(env, root);
  const project = readProjectConfig(root);
  await refuseTakenPort(settings);
  const lock = await lockDataDir(settings.dataDir);
  if (!settings.skipsBuild) await buildWhatIsStale(root, project);

  server = new EmbeddedServer(settings, lock);
  await server.start(project, readFileSync(workerBundle(root), "utf8"));
  console.log(`Edgeflame is ready on ${settings.url}`);
}

/** Holds what lives as long as the process: the runtime, the cron timer, the lock. */
class EmbeddedServer {
  readonly #settings: Settings;
  readonly #lock: DataLock;
  readonly #runtime: RuntimeProcess;
  #miniflare: Miniflare | undefined;
  #cronTimer: NodeJS.Timeout | undefined;
  #state: "starting" | "serving" | "stopping" = "starting";
  #crashTimesMs: number[] = [];

  constructor(settings: Settings, lock: DataLock) {
    this.#settings = settings;
    this.#lock = lock;
    this.#runtime = watchRuntimeProcess({
      started: (pid, command) => lock.noteWorkerd(pid, command),
      exited: (code, signal) => this.#onRuntimeExit(code, signal),
    });
  }

  async start(project: ProjectConfig, workerSource: string): Promise<void> {
    const { dataDir } = this.#settings;
    prepareScratchDirs(dataDir);
    clearFreePages(dataDir);
    const options = miniflareOptions(this.#settings, project, workerSource);
    const isMigrated = areMigrationsApplied(dataDir, migrationNames(project.database.migrationsDir));
    // Without migrations the address is not opened yet: an upload must not meet a catalog without tables.
    const miniflare = newMiniflare(isMigrated ? options : withoutSockets(options));
    this.#miniflare = miniflare;
    await miniflare.ready;
    if (!isMigrated) {
      await applyMigrations(
        await miniflare.getD1Database(project.database.binding),
        project.database.migrationsDir,
        dataDir,
      );
      await miniflare.setOptions(options);
    }
    this.#state = "serving";
    this.#startCron(miniflare, project.cron);
  }

  /** Lets open requests finish; the runtime's exit then ends this process. */
  stop(reason: string): void {
    if (this.#state === "starting") process.exit(0);
    if (this.#state === "stopping") return;
    this.#state = "stopping";
    logEvent("info", "stopping", { reason });
    clearInterval(this.#cronTimer);
    this.#runtime.terminate();
    setTimeout(() => void this.#end(0), DRAIN_MS);
  }

  /** Fires at once and then each minute, so that overdue work starts without waiting for an upload. */
  #startCron(miniflare: Miniflare, cron: string): void {
    const fire = async () => {
      try {
        const worker = await miniflare.getWorker();
        const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date() });
        if (outcome !== "ok") logEvent("error", "cron_failed", { outcome });
      } catch (error) {
        if (this.#state === "serving") logEvent("error", "cron_failed", { error: String(error) });
      }
    };
    this.#cronTimer = setInterval(() => void fire(), CRON_INTERVAL_MS);
    void fire();
  }

  /** Called before Miniflare learns of the death: what is disposed here and now is not restarted. */
  #onRuntimeExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#state === "stopping") void this.#end(0);
    if (this.#state !== "serving") return;
    const now = Date.now();
    this.#crashTimesMs = [...this.#crashTimesMs, now].filter((timeMs) => now - timeMs < CRASH_MEMORY_MS);
    if (this.#crashTimesMs.length > MAX_CRASHES) {
      this.#state = "stopping";
      logEvent("error", "runtime_crashed", {
        code,
        signal,
        message: `workerd died ${MAX_CRASHES + 1} times in a minute; giving up`,
      });
      void this.#end(1);
      return;
    }
    logEvent("error", "runtime_crashed", { code, signal, message: "workerd died and is being restarted" });
  }

  async #end(exitCode: number): Promise<void> {
    try {
      await this.#miniflare?.dispose();
      this.#runtime.dismiss();
      this.#lock.release();
    } finally {
      process.exit(exitCode);
    }
  }
}

export function miniflareOptions(settings: Settings, project: ProjectConfig, workerSource: string): MiniflareOptions {
  const { host, port, dataDir, workerVars } = settings;
  const vars = Object.entries(workerVars).map(([name, value]) => [name, { type: "text", value }] as const);
  return {
    // Miniflare's own entry is used for cron and migrations only.
    host: "127.0.0.1",
    port: 0,
    unsafeProxySharedSecret: randomBytes(32).toString("hex"),
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    logRequests: false,
    log: new JsonLog(),
    handleStructuredLogs: logFromRuntime,
    unsafeHandleRuntimeRestart: () => logEvent("info", "runtime_restarted"),
    resourcePersistencePath: join(dataDir, "resources"),
    workers: [
      {
        config: {
          name: project.name,
          compatibilityDate: project.compatibilityDate,
          compatibilityFlags: project.compatibilityFlags,
          manifest: { mainModule: "worker.js", modules: { "worker.js": { type: "esm", contents: workerSource } } },
          env: {
            ...project.env,
            [project.pageBinding]: { type: "worker", worker: PAGE_SERVICE },
            ...Object.fromEntries(vars),
          },
          exports: project.exports,
        },
        dev: { unsafeDirectSockets: [{ host, port }] },
      },
      pageService(project),
    ],
  };
}

function withoutSockets(options: MiniflareOptions): MiniflareOptions {
  return { ...options, workers: options.workers.map(({ dev: _socket, ...worker }) => worker) };
}

/** Miniflare installs handlers that exit with 143 before anything can be finished; ours replace them. */
function newMiniflare(options: MiniflareOptions): Miniflare {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]));
  const miniflare = new Miniflare(options);
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)?.has(listener)) process.removeListener(signal, listener);
    }
  }
  return miniflare;
}

/** Temporary files of a killed server are removed by the next one; cached answers don't outlive a server. */
function prepareScratchDirs(dataDir: string): void {
  const scratch = join(dataDir, "tmp");
  rmSync(scratch, { recursive: true, force: true });
  rmSync(join(dataDir, "resources/cache"), { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  process.env.TMPDIR = scratch;
}

/** Asked before anything is built or opened. workerd would fail as well, but late and in its own words. */
async function refuseTakenPort({ host, port }: Settings): Promise<void> {
  const probe = createServer();
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    probe.once("error", resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (failure === undefined) return;
  if (failure.code === "EADDRINUSE")
    throw new StartRefused(`Port ${port} on ${host} is taken: stop the other program, or set PORT.`);
  throw new StartRefused(`HOST=${host} PORT=${port} can't be opened: ${failure.message}`);
}
