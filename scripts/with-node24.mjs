// Runs a script with a Node that is new enough: `node scripts/with-node24.mjs SCRIPT [ARGUMENT…]`.
//
// Under `npm run` the first `node` on PATH is already node_modules/.bin/node (24), so the usual case is to go on in
// this very process: no wrapper is left that could be killed apart from the server. Only a call with an old Node and
// without npm starts a child. The child watches the IPC channel and ends when this process is gone, even by SIGKILL.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { runMain } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** First release that runs TypeScript files and has node:sqlite without a flag. */
const OLDEST_NODE = [22, 18];
const CHILD_MARK = "EDGEFLAME_NODE24_CHILD";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
const [script, ...scriptArguments] = process.argv.slice(2);
if (script === undefined) fail("usage: node scripts/with-node24.mjs SCRIPT [ARGUMENT…]");

if (isNewEnough) runHere();
else runInChild();

function runHere() {
  if (process.env[CHILD_MARK] !== undefined) {
    delete process.env[CHILD_MARK];
    process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
    process.channel?.unref();
  }
  const file = resolve(script);
  process.argv = [process.execPath, file, ...scriptArguments];
  // Not an import: programs such as wrangler do nothing unless they are the main module.
  runMain(file);
}

function runInChild() {
  const node = fileURLToPath(
    new URL(`../node_modules/.bin/node${process.platform === "win32" ? ".cmd" : ""}`, import.meta.url),
  );
  if (!existsSync(node)) {
    fail(
      `Edgeflame needs Node ${OLDEST_NODE.join(".")} or newer, and npm has none for ${process.platform}-${process.arch}; this is ${process.version}.`,
    );
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), script, ...scriptArguments], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, [CHILD_MARK]: "1" },
    shell: process.platform === "win32",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
