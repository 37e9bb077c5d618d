// `npm run demo`: sends a day of the rideshare story to a running server. The work is in scripts/demo/*.ts, which Node 24
// runs as it is (scripts/with-node24.mjs finds one).

import { runDemo } from "./demo/run-demo.ts";

process.exitCode = await runDemo(process.argv.slice(2), process.env);
