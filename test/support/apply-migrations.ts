// Set-up of every test file in workerd: the catalog gets its tables.
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

await applyD1Migrations(env.CATALOG, env.TEST_MIGRATIONS);
