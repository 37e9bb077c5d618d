// Builds page and Worker when their sources are newer than what was built. Several servers may start at once (tests do):
// each output is made aside and renamed into place, so that nobody reads half of one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import { StartRefused } from "./log.ts";
import type { ProjectConfig } from "./wrangler-config.ts";

/** Files besides the sources that change what is built. */
const SHARED_SOURCES = ["package-lock.json", "wrangler.toml"];

/** Absolute path of the bundled Worker of the embedded server. The deployed one is bundled by wrangler. */
export const workerBundle = (root: string): string => join(root, "dist/embedded/worker.js");

export async function buildWhatIsStale(root: string, project: ProjectConfig): Promise<void> {
  const sources = SHARED_SOURCES.map((name) => join(root, name));
  const pageIndex = join(project.pageDir, "index.html");
  if (isStale(pageIndex, [...sources, join(root, "web"), join(root, "src")])) buildPage(root, project.pageDir);
  const bundle = workerBundle(root);
  if (isStale(bundle, [...sources, join(root, "src")])) await buildWorker(project, bundle);
}

function buildPage(root: string, pageDir: string): void {
  const aside = `${pageDir}.${process.pid}`;
  const vite = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/vite/bin/vite.js"),
      ...["build", "--config", "web/vite.config.ts", "--outDir", aside, "--emptyOutDir", "--logLevel", "error"],
    ],
    { cwd: root, encoding: "utf8" },
  );
  if (vite.status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    throw new StartRefused(`The page does not build:\n${vite.stdout}${vite.stderr}`);
  }
  replaceDir(aside, pageDir);
}

function replaceDir(aside: string, target: string): void {
  const old = `${target}.old.${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  try {
    renameSync(aside, target);
  } catch (error) {
    if (!existsSync(join(target, "index.html"))) throw error;
    rmSync(aside, { recursive: true }); // another server was quicker, from the same sources
  }
  rmSync(old, { recursive: true, force: true });
}

/** Bundles a Worker's entry as wrangler does. Benches bundle one of their own, with plugins. */
export async function buildWorker(
  { mainFile }: Pick<ProjectConfig, "mainFile">,
  bundle: string,
  plugins: Plugin[] = [],
): Promise<void> {
  const { build } = await import("esbuild");
  const aside = `${bundle}.${process.pid}`;
  mkdirSync(dirname(bundle), { recursive: true });
  try {
    await build({
      entryPoints: [mainFile],
      outfile: aside,
      bundle: true,
      format: "esm",
      target: "es2024",
      // As wrangler does: packages may have a build of their own for Workers.
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*", "node:*"],
      keepNames: true,
      plugins,
      logLevel: "silent",
    });
  } catch (error) {
    throw new StartRefused(`The Worker does not build:\n${error instanceof Error ? error.message : error}`);
  }
  renameSync(aside, bundle);
}

function isStale(output: string, sources: string[]): boolean {
  if (!existsSync(output)) return true;
  const builtMs = statSync(output).mtimeMs;
  return sources.some((source) => newestMs(source) > builtMs);
}

/** Newest change below a path. Folders count, because a removed file changes only its folder. */
function newestMs(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  let newest = mtimeMs;
  for (const name of readdirSync(path)) newest = Math.max(newest, newestMs(join(path, name)));
  return newest;
}
