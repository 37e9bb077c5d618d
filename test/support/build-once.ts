// Global set-up of the server tests: builds page and Worker once, so that servers started side by side don't.
import { join } from "node:path";
import { buildWhatIsStale } from "../../scripts/server/build.ts";
import { readProjectConfig } from "../../scripts/server/wrangler-config.ts";

const ROOT = join(import.meta.dirname, "../..");

export async function setup(): Promise<void> {
  await buildWhatIsStale(ROOT, readProjectConfig(ROOT));
  process.env.SKIP_BUILD = "1"; // inherited by the test processes, and by the servers they start
}
