// `npm run compatibility`: writes docs/compatibility.md from the last runs of test/agents/run.sh, and of the tests of methods, which
// `-- --tests` runs anew (half a minute).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ABSENT, AGENTS } from "../test/agents/catalog.ts";
import { compatibilityPage } from "../test/agents/compatibility-page.ts";
import { DIFFERENCES } from "../test/agents/differences.ts";
import { readMethodResults, runMethodTests } from "../test/agents/methods/method-results.ts";
import { ABSENT_READERS, READERS } from "../test/agents/readers/catalog.ts";
import { readReaderResults, readResults } from "../test/agents/results.ts";

if (process.argv.includes("--tests")) runMethodTests();
const page = compatibilityPage({
  agents: AGENTS,
  absent: ABSENT,
  results: readResults(),
  readers: READERS,
  absentReaders: ABSENT_READERS,
  readerResults: readReaderResults(),
  methods: readMethodResults(),
  differences: DIFFERENCES,
});
writeFileSync(join(import.meta.dirname, "../docs/compatibility.md"), page);
