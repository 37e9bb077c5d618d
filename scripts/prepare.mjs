// Builds what `npm start` needs and ends: for images, where the sources don't change any more (SKIP_BUILD=1 then).
import { fileURLToPath } from "node:url";
import { buildWhatIsStale } from "./server/build.ts";
import { readProjectConfig } from "./server/wrangler-config.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/, "");
await buildWhatIsStale(root, readProjectConfig(root));
