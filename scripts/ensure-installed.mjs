// Installs the dependencies when they are missing or belong to another lock file, so that a fresh machine
// needs `npm start` and nothing before it. Runs on Node 20 and may import nothing that has to be installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const LOCK = `${root}package-lock.json`;
/** npm writes this file last, so its presence means that an installation was completed. */
const INSTALLED = `${root}node_modules/.package-lock.json`;
/** Digest of the lock file that was installed. Times alone would reinstall after every git checkout. */
const STAMP = `${root}node_modules/.edgeflame-lock-sha256`;

const digest = createHash("sha256").update(readFileSync(LOCK)).digest("hex");

function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  if (existsSync(STAMP)) return readFileSync(STAMP, "utf8") === digest || isNewerThanLock();
  return isNewerThanLock();
}

/** `npm install` by hand leaves no stamp; npm may finish the two files in either order within a moment. */
function isNewerThanLock() {
  const toleranceMs = 2000;
  return statSync(INSTALLED).mtimeMs + toleranceMs >= statSync(LOCK).mtimeMs;
}

if (!isInstalled()) {
  console.log("Installing dependencies (npm ci), once …");
  // The page and the Worker are built on this machine, so the tools are needed in production, too.
  const npm = spawnSync(
    "npm",
    ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    },
  );
  if (npm.status !== 0) {
    console.error("npm ci failed; its messages are above.");
    process.exit(1);
  }
}
if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== digest) writeFileSync(STAMP, digest);
