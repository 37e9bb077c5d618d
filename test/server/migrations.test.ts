// Migrations of the embedded server, against the real D1 simulator.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { applyMigrations, areMigrationsApplied, migrationNames } from "../../scripts/server/migrations.ts";

const FIRST =
  "CREATE TABLE `apps` (`id` integer PRIMARY KEY);\n--> statement-breakpoint\nCREATE INDEX `by_id` ON `apps` (`id`);";
const SECOND = "ALTER TABLE `apps` ADD `name` text;";

let miniflare: Miniflare;
let folder: string;
let migrationsDir: string;
let databases = 0;

beforeAll(() => {
  const env = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`DB${i}`, { type: "d1", id: `db${i}` } as const]),
  );
  const modules = { "a.js": { type: "esm", contents: "export default {}" } } as const;
  miniflare = new Miniflare({
    cf: false,
    workers: [
      { config: { name: "a", compatibilityDate: "2026-09-01", manifest: { mainModule: "a.js", modules }, env } },
    ],
  });
});
afterAll(() => miniflare.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edgeflame-migrations-"));
  migrationsDir = join(folder, "migrations");
  mkdirSync(migrationsDir);
  writeFileSync(join(migrationsDir, "0000_first.sql"), FIRST);
});
afterEach(() => rmSync(folder, { recursive: true }));

const emptyDatabase = () => miniflare.getD1Database(`DB${databases++}`);
type Database = Awaited<ReturnType<typeof emptyDatabase>>;
const appliedIn = async (db: Database): Promise<unknown[]> =>
  (await db.prepare("SELECT name FROM d1_migrations ORDER BY id").all()).results.map((row) => row.name);

it("applies each file once, and later ones when they come", async () => {
  const db = await emptyDatabase();
  await applyMigrations(db, migrationsDir, folder);
  await applyMigrations(db, migrationsDir, folder);
  writeFileSync(join(migrationsDir, "0001_second.sql"), SECOND);
  await applyMigrations(db, migrationsDir, folder);
  expect(await appliedIn(db)).toEqual(["0000_first.sql", "0001_second.sql"]);
  await db.prepare("INSERT INTO apps (id, name) VALUES (1, 'a')").run();
});

it("notes what is in, so that the next start can tell without a query", async () => {
  expect(areMigrationsApplied(folder, migrationNames(migrationsDir))).toBe(false);
  await applyMigrations(await emptyDatabase(), migrationsDir, folder);
  expect(areMigrationsApplied(folder, migrationNames(migrationsDir))).toBe(true);
  writeFileSync(join(migrationsDir, "0001_second.sql"), SECOND);
  expect(areMigrationsApplied(folder, migrationNames(migrationsDir))).toBe(false);
});

it("keeps nothing of a file that fails", async () => {
  const db = await emptyDatabase();
  await applyMigrations(db, migrationsDir, folder);
  writeFileSync(join(migrationsDir, "0001_bad.sql"), `${SECOND}\n--> statement-breakpoint\nNOT SQL;`);
  await expect(applyMigrations(db, migrationsDir, folder)).rejects.toThrow(/syntax/i);
  expect(await appliedIn(db)).toEqual(["0000_first.sql"]);
  expect((await db.prepare("PRAGMA table_info(apps)").all()).results).toHaveLength(1);
  expect(areMigrationsApplied(folder, migrationNames(migrationsDir))).toBe(false);
});
