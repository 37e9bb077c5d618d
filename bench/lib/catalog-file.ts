// Looks into the files of an embedded server: what lies in R2, in D1 and in the objects, without asking the server.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const catalogDir = (dataDir: string): string => join(dataDir, "resources/d1/miniflare-D1DatabaseObject");

export type Row = Record<string, string | number | null>;

/** The rows of a query on the catalog. The server may run: it sees what was committed. */
export function readCatalog(dataDir: string, sql: string): Row[] {
  const file = filesBelow(catalogDir(dataDir)).find((name) => /\/[0-9a-f]{64}\.sqlite$/.test(name));
  if (file === undefined) throw new Error(`no catalog below ${dataDir}`);
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

export interface StoredBytes {
  /** Objects that rows name, by class: the finest rung of segments, or "dictionary". */
  readonly byClass: ReadonlyMap<string, { readonly objects: number; readonly bytes: number }>;
  /** All in the bucket, with what waits for its removal. */
  readonly bucket: number;
  readonly catalog: number;
  readonly objectDatabases: number;
}

export function storedBytes(dataDir: string): StoredBytes {
  const rows = [
    ...readCatalog(
      dataDir,
      "SELECT finest || '/' || width AS class, count(*) AS objects, sum(object_bytes) AS bytes FROM segments GROUP BY 1",
    ),
    ...readCatalog(
      dataDir,
      "SELECT 'dictionary' AS class, count(*) AS objects, coalesce(sum(object_bytes), 0) AS bytes FROM dictionaries",
    ),
  ];
  const [pages] = readCatalog(
    dataDir,
    "SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
  );
  return {
    byClass: new Map(rows.map((row) => [`${row.class}`, { objects: Number(row.objects), bytes: Number(row.bytes) }])),
    bucket: sizeBelow(join(dataDir, "resources/r2"), /\/blobs\//),
    catalog: Number(pages?.bytes ?? 0),
    objectDatabases: usedPagesBelow(join(dataDir, "resources/do")),
  };
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const sizeBelow = (dir: string, wanted: RegExp): number =>
  filesBelow(dir)
    .filter((file) => wanted.test(file))
    .reduce((sum, file) => sum + statSync(file).size, 0);

/** Pages in use: what is billed, and what an object's file comes to once it is vacuumed. */
function usedPagesBelow(dir: string): number {
  const files = filesBelow(dir).filter((file) => file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite"));
  return files.reduce((sum, file) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const row = database
      .prepare(
        "SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
      )
      .get() as Row;
    database.close();
    return sum + Number(row.bytes);
  }, 0);
}
