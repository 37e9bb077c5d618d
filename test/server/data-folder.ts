// Looks into the data folder of a server that has stopped: what its databases and its bucket really hold.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Keys in the bucket, sorted. */
export function bucketKeys(dataDir: string): string[] {
  return rowsOf(dataDir, "r2", "_mf_objects", "SELECT key FROM _mf_objects ORDER BY key").map((row) => String(row.key));
}

/** Rows that hold what is not sealed, over all app objects. */
export function liveRows(dataDir: string): { objects: number; chunks: number; pending: number } {
  const rows = rowsOf(
    dataDir,
    "do",
    "live_chunks",
    "SELECT (SELECT count(*) FROM live_chunks) AS chunks, (SELECT count(*) FROM waiting) AS pending",
  );
  return {
    objects: rows.length,
    chunks: rows.reduce((sum, row) => sum + Number(row.chunks), 0),
    pending: rows.reduce((sum, row) => sum + Number(row.pending), 0),
  };
}

/** The query's rows of every database below `resources/<store>` that has the table. */
function rowsOf(dataDir: string, store: string, table: string, query: string): Record<string, unknown>[] {
  const folder = join(dataDir, "resources", store);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sqlite"));
  return files.flatMap((file) => {
    const database = new DatabaseSync(join(folder, file), { readOnly: true });
    try {
      const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table);
      return isThere === undefined ? [] : database.prepare(query).all();
    } finally {
      database.close();
    }
  });
}
