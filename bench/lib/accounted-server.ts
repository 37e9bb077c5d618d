// The embedded server with every platform call counted (accounted-worker.ts), run by this process: its clock can be moved and
// its cron fired at will. For counts; what is timed without counting runs on the real server (subject.ts).
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { Miniflare } from "miniflare";
import { buildWhatIsStale, buildWorker } from "../../scripts/server/build.ts";
import { applyMigrations } from "../../scripts/server/migrations.ts";
import { miniflareOptions } from "../../scripts/server/serve.ts";
import { readProjectConfig } from "../../scripts/server/wrangler-config.ts";
import { freePort } from "../../test/support/server.ts";
import { type Counters, difference } from "./counters.ts";
import { descendantsUse, type ServerUse } from "./processes.ts";

export interface AccountedServer {
  readonly url: string;
  readonly dataDir: string;
  /** Sums since the runtime was started last. */
  counters(): Promise<Counters>;
  /** What is counted while `act` runs. It must not move the clock. */
  counted(act: () => Promise<void>): Promise<Counters>;
  /** Fires the minute's cron and waits for its end. */
  cron(): Promise<void>;
  /** Restarts the runtime with its clock shifted by so many seconds from the real one. Caches are empty afterwards. */
  restart(offsetS: number): Promise<void>;
  /** Ends the runtime and leaves the files, for another server to open. Only stop() may follow. */
  pause(): Promise<void>;
  /** CPU and memory of the runtime. */
  use(): ServerUse | null;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "../..");

export interface AccountedOptions {
  /** Kept after stop(). Without it: a fresh folder that stop() removes. */
  readonly dataDir?: string;
  readonly offsetS?: number;
  /** Opens workerd's inspector there. */
  readonly inspectorPort?: number;
  /** Counts vectors and their pairs as well: costs time in every addition. */
  readonly countsVectors?: boolean;
}

export async function startAccounted(options: AccountedOptions = {}): Promise<AccountedServer> {
  const project = readProjectConfig(ROOT);
  await buildWhatIsStale(ROOT, project); // the page, which the Worker has a binding to
  const source = await bundle(options.countsVectors ?? false);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "edgeflame-bench-"));
  mkdirSync(dataDir, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const optionsAt = (offsetS: number) => ({
    ...miniflareOptions(
      {
        host: "127.0.0.1",
        port,
        dataDir,
        workerVars: { EDGEFLAME_EMBEDDED: "1", EDGEFLAME_CLOCK_OFFSET_S: `${offsetS}` },
        url,
        skipsBuild: true,
      },
      project,
      source,
    ),
    ...(options.inspectorPort !== undefined && { inspectorPort: options.inspectorPort }),
  });
  const miniflare = new Miniflare(optionsAt(options.offsetS ?? 0));
  await miniflare.ready;
  const { binding, migrationsDir } = project.database;
  await applyMigrations(await miniflare.getD1Database(binding), migrationsDir, dataDir);
  let isPaused = false;
  const counters = async () => (await (await fetch(`${url}/__bench/counters`)).json()) as Counters;
  return {
    url,
    dataDir,
    counters,
    async counted(act) {
      const before = await counters();
      await act();
      return difference(await counters(), before);
    },
    async cron() {
      const worker = await miniflare.getWorker();
      const { outcome } = await worker.scheduled({ cron: project.cron, scheduledTime: new Date() });
      if (outcome !== "ok") throw new Error(`cron ended with ${outcome}`);
    },
    async restart(offsetS) {
      await miniflare.setOptions(optionsAt(offsetS));
      await miniflare.ready;
    },
    use: () => descendantsUse(process.pid, "workerd"),
    async pause() {
      isPaused = true;
      await miniflare.dispose();
    },
    async stop() {
      if (!isPaused) await miniflare.dispose();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function bundle(countsVectors: boolean): Promise<string> {
  const outfile = join(ROOT, `dist/bench/accounted-worker${countsVectors ? "-vectors" : ""}.js`);
  const plugins = countsVectors ? [countedVectors] : [];
  await buildWorker({ mainFile: join(import.meta.dirname, "accounted-worker.ts") }, outfile, plugins);
  return readFileSync(outfile, "utf8");
}

/** Counts what addVector is given: varints come in pairs, and each ends in a byte below 0x80. */
const COUNTED = `
export function addVector(...given: Parameters<typeof plainAddVector>): void {
  const [bytes, at, end] = given;
  let ends = 0;
  for (let i = at; i < end; i++) if (bytes[i]! < 0x80) ends++;
  const counts = (globalThis as unknown as { edgeflameVectorsAdded: { vectors: number; pairs: number } }).edgeflameVectorsAdded;
  counts.vectors++;
  counts.pairs += ends >> 1;
  plainAddVector(...given);
}`;

const countedVectors: Plugin = {
  name: "counted-vectors",
  setup(build) {
    build.onLoad({ filter: /src[\\/]segment[\\/]vector\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const declaration = "export function addVector(";
      if (!text.includes(declaration)) throw new Error(`${path} has no addVector to count`);
      return { contents: text.replace(declaration, "function plainAddVector(") + COUNTED, loader: "ts" };
    });
  },
};
