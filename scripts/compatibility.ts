// `npm run compatibility`: writes docs/compatibility.md from the last runs of test/agents/run.sh.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ABSENT, AGENTS } from "../test/agents/catalog.ts";
import { compatibilityPage } from "../test/agents/compatibility-page.ts";
import { DIFFERENCES } from "../test/agents/differences.ts";
import { readResults } from "../test/agents/results.ts";

const page = compatibilityPage({ agents: AGENTS, absent: ABSENT, results: readResults(), differences: DIFFERENCES });
writeFileSync(join(import.meta.dirname, "../docs/compatibility.md"), page);
