// SQLite keeps the bytes of deleted rows in free pages until others take their place, and neither an object nor D1 lets the
// Worker change that. Here the files are at hand: the first start after a deletion writes its databases anew.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { logEvent } from "./log.ts";

/** Holds when the last deletion ended whose free pages are cleared. */
const MARK = "free-pages-cleared";

/** Call while nothing has the databases open. What fails is tried again at the next start. */
export function clearFreePages(dataDir: string): void {
  const resources = join(dataDir, "resources");
  if (!existsSync(resources)) return;
  const files = readdirSync(resources, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".sqlite"),
  );
  const newest = Math.max(
    0,
    ...files.filter((name) => name.startsWith("d1")).map((name) => lastDeletion(join(resources, name))),
  );
  const mark = join(dataDir, MARK);
  if (newest === 0 || (existsSync(mark) && Number(readFileSync(mark, "utf8")) >= newest)) return;
  try {
    for (const name of files) vacuum(join(resources, name));
    writeFileSync(mark, String(newest));
    logEvent("info", "free_pages_cleared", { databases: files.length });
  } catch (error) {
    logEvent("error", "free_pages_kept", { error: String(error) });
  }
}

/** Unix seconds at which the catalog's last deletion was done; 0 for none, or where this is no catalog. */
function lastDeletion(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deletions'").get();
    if (table === undefined) return 0;
    return Number(database.prepare("SELECT coalesce(max(done_at), 0) AS done FROM deletions").get()?.done ?? 0);
  } finally {
    database.close();
  }
}

function vacuum(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec("VACUUM");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}
