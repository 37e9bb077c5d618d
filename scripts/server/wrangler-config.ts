// wrangler.toml → what Miniflare needs. One file describes the deployed Worker and the embedded one, so that they can't
// drift apart. A binding kind that is not translated here stops the start: it must not be missing silently.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MiniflareOptions } from "miniflare";
import { parse } from "smol-toml";
import { z } from "zod";

type WorkerConfig = MiniflareOptions["workers"][number]["config"];

const WranglerToml = z.strictObject({
  name: z.string(),
  main: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  assets: z.strictObject({
    directory: z.string(),
    binding: z.string(),
    run_worker_first: z.literal(true),
    not_found_handling: z.enum(["none", "single-page-application"]).default("none"),
  }),
  durable_objects: z.object({ bindings: z.array(z.strictObject({ name: z.string(), class_name: z.string() })) }),
  // Every class must be of the SQLite kind: the older kind can't be translated below.
  migrations: z.array(z.strictObject({ tag: z.string(), new_sqlite_classes: z.array(z.string()) })),
  r2_buckets: z.array(z.strictObject({ binding: z.string(), bucket_name: z.string() })),
  d1_databases: z
    .array(
      z.strictObject({
        binding: z.string(),
        database_name: z.string(),
        database_id: z.string(),
        migrations_dir: z.string(),
      }),
    )
    .length(1),
  vars: z.record(z.string(), z.string()).default({}),
  // Of the platform: the embedded runtime has none.
  limits: z.strictObject({ cpu_ms: z.number() }),
  triggers: z.strictObject({ crons: z.array(z.string()).length(1) }),
  observability: z.unknown(),
  send_metrics: z.literal(false),
});

export interface ProjectConfig {
  readonly name: string;
  /** Absolute path of the Worker's entry. */
  readonly mainFile: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: string[];
  readonly pageBinding: string;
  /** Absolute path of the built page. */
  readonly pageDir: string;
  readonly servesPageForUnknownPaths: boolean;
  readonly database: { readonly binding: string; readonly migrationsDir: string };
  readonly cron: string;
  readonly exports: NonNullable<WorkerConfig["exports"]>;
  readonly env: NonNullable<WorkerConfig["env"]>;
}

export function readProjectConfig(root: string): ProjectConfig {
  const toml = WranglerToml.parse(parse(readFileSync(join(root, "wrangler.toml"), "utf8")));
  const env: NonNullable<WorkerConfig["env"]> = {};
  for (const [name, value] of Object.entries(toml.vars)) env[name] = { type: "text", value };
  for (const { name, class_name } of toml.durable_objects.bindings) {
    env[name] = { type: "durable-object", worker: toml.name, exportName: class_name };
  }
  for (const { binding, bucket_name } of toml.r2_buckets) env[binding] = { type: "r2", name: bucket_name };
  for (const { binding, database_name, database_id } of toml.d1_databases) {
    env[binding] = { type: "d1", name: database_name, id: database_id };
  }
  const classes = toml.migrations.flatMap((migration) => migration.new_sqlite_classes);
  const database = toml.d1_databases[0];
  const cron = toml.triggers.crons[0];
  if (database === undefined || cron === undefined) throw new Error("wrangler.toml needs one database and one cron");
  return {
    name: toml.name,
    mainFile: join(root, toml.main),
    compatibilityDate: toml.compatibility_date,
    compatibilityFlags: toml.compatibility_flags,
    pageBinding: toml.assets.binding,
    pageDir: join(root, toml.assets.directory),
    servesPageForUnknownPaths: toml.assets.not_found_handling === "single-page-application",
    database: { binding: database.binding, migrationsDir: join(root, database.migrations_dir) },
    cron,
    exports: Object.fromEntries(classes.map((name) => [name, { type: "durable-object", storage: "sqlite" } as const])),
    env,
  };
}
