// Applies migrations/*.sql to the catalog, with the bookkeeping table of wrangler, so that either tool sees what the
// other has done. A stamp beside the data tells which files are in, so that the usual start needs no query.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { logEvent } from "./log.ts";

/** The part of a D1 database that is needed here. */
interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}
interface Statement {
  bind(...values: unknown[]): Statement;
  all<Row>(): Promise<{ results: Row[] }>;
  run(): Promise<unknown>;
}

const CREATE_BOOKKEEPING = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
/** drizzle-kit writes this between the statements of a file. */
const BETWEEN_STATEMENTS = "--> statement-breakpoint";

const stampFile = (dataDir: string): string => join(dataDir, "migrations.json");

/** Names of the migration files, in the order of their numbers. */
export function migrationNames(migrationsDir: string): string[] {
  if (!existsSync(migrationsDir)) return [];
  return readdirSync(migrationsDir)
    .filter((name) => name.endsWith(".sql"))
    .sort();
}

export function areMigrationsApplied(dataDir: string, names: string[]): boolean {
  if (names.length === 0) return true;
  const stamp = stampFile(dataDir);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === JSON.stringify(names);
}

export async function applyMigrations(db: Database, migrationsDir: string, dataDir: string): Promise<void> {
  const names = migrationNames(migrationsDir);
  await db.prepare(CREATE_BOOKKEEPING).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  for (const name of names) {
    if (applied.has(name)) continue;
    const statements = readFileSync(join(migrationsDir, name), "utf8").split(BETWEEN_STATEMENTS);
    // A batch is one transaction: a migration is in with its bookkeeping row, or not at all.
    await db.batch([
      ...statements.filter((sql) => sql.trim() !== "").map((sql) => db.prepare(sql)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
    logEvent("info", "migration_applied", { name });
  }
  writeFileSync(stampFile(dataDir), JSON.stringify(names));
}
