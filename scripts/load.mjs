// `npm run load`: sends files of profiles, a history of them too, to a running server. The work is in scripts/load/*.ts,
// which Node 24 runs as it is (scripts/with-node24.mjs finds one).

import { runLoad } from "./load/run-load.ts";

process.exitCode = await runLoad(process.argv.slice(2), process.env);
