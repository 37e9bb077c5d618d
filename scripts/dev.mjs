// `npm run dev`: wrangler dev, and the page rebuilt on change. Slower than `npm start`, but reloads the Worker.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const WRANGLER = "node_modules/wrangler/bin/wrangler.js";
const VITE = "node_modules/vite/bin/vite.js";
/** Its own data: two programs must not write to one folder, and `npm start` has .data. */
const STATE_DIR = ".wrangler/state";

const options = {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    X_LOCAL_OBSERVABILITY: "false",
  },
};
const run = (script, ...args) => spawn(process.execPath, [script, ...args], options);

// wrangler refuses to start without the folder of the page, which the first build makes a moment later.
if (!existsSync(`${root}dist/page`)) mkdirSync(`${root}dist/page`, { recursive: true });
const migrated = spawnSync(
  process.execPath,
  [WRANGLER, "d1", "migrations", "apply", "CATALOG", "--local", "--persist-to", STATE_DIR],
  { ...options, stdio: ["ignore", "inherit", "inherit"] },
);
if (migrated.status !== 0) process.exit(1);

const vars = Object.entries({ ...process.env, EDGEFLAME_EMBEDDED: "1" })
  .filter(([name]) => name.startsWith("EDGEFLAME_"))
  .flatMap(([name, value]) => ["--var", `${name}:${value}`]);
const children = [
  run(VITE, "build", "--watch", "--config", "web/vite.config.ts", "--logLevel", "warn"),
  run(WRANGLER, "dev", "--ip", "127.0.0.1", "--port", process.env.PORT || "4040", "--persist-to", STATE_DIR, ...vars),
];
for (const child of children) {
  child.on("exit", (code) => {
    for (const other of children) other.kill("SIGTERM");
    process.exitCode ||= code ?? 0;
  });
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
