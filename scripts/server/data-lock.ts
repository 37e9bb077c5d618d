// One server per DATA_DIR. Two workerd processes on the same files would each believe to be the only writer.
//
//   DATA_DIR/lock.sqlite   held by an exclusive SQLite transaction: the system drops it with the process, whatever
//                          killed it, so that a lock can't become stale and a reused process id can't fool us
//   DATA_DIR/lock.json     {pid, workerd: {pid, command}}: who holds it, for the message and for finding a leftover
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { logEvent, StartRefused } from "./log.ts";

interface Holder {
  readonly pid: number;
  /** Absent until workerd was started. `command` tells the process from a later one with the same id. */
  readonly workerd?: { readonly pid: number; readonly command: string };
}

export interface DataLock {
  /** Notes which workerd writes to the data, so that the next server can wait for its end. */
  noteWorkerd(pid: number, command: string): void;
  release(): void;
}

/** How long an orphaned workerd may take to die by itself (its guardian kills it) before we do it. */
const ORPHAN_PATIENCE_MS = 2000;

export async function lockDataDir(dataDir: string): Promise<DataLock> {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new StartRefused(`DATA_DIR=${dataDir} can't be used: ${error instanceof Error ? error.message : error}`);
  }
  const holderFile = join(dataDir, "lock.json");
  const database = takeLock(join(dataDir, "lock.sqlite"), () => {
    const pid = readHolder(holderFile)?.pid;
    return `DATA_DIR ${dataDir} is in use by the Edgeflame server with process id ${pid ?? "(unknown)"}: stop it, or choose another DATA_DIR.`;
  });
  const previous = readHolder(holderFile)?.workerd;
  if (previous !== undefined) await outlive(previous.pid, previous.command);

  const note = (holder: Holder) => {
    writeFileSync(`${holderFile}.new`, JSON.stringify(holder));
    renameSync(`${holderFile}.new`, holderFile);
  };
  note({ pid: process.pid });
  return {
    noteWorkerd: (pid, command) => note({ pid: process.pid, workerd: { pid, command } }),
    release: () => database.close(),
  };
}

function takeLock(file: string, refusal: () => string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/.test(error.message)) throw new StartRefused(refusal());
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined; // absent at first use; a half-written one can't occur because of the rename
  }
}

/** Waits until the workerd of a dead server is gone, and ends it when nobody else does. */
async function outlive(pid: number, command: string): Promise<void> {
  const giveUpAt = performance.now() + ORPHAN_PATIENCE_MS;
  while (commandOf(pid) === command) {
    if (performance.now() > giveUpAt) {
      logEvent("warn", "orphan_killed", { pid });
      process.kill(pid, "SIGKILL");
    }
    await sleep(50);
  }
}

/** The command line of a process, arguments joined by blanks; undefined when there is no such process. */
export function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // A zombie has an empty command line, and no open files any more.
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0$/, "").replaceAll("\0", " ") || undefined;
    }
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
