// `npm run model -- --seed N --steps M`: one random program of the model test, as long as asked, with its counts at the
// end. `--faults all`: every fault of the fault-injection test, `--faults 500`: about as many; the seed says which.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    steps: { type: "string", default: "5000" },
    faults: { type: "string" },
  },
});
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const file = values.faults === undefined ? "test/model/model.test.ts" : "test/model/faults.test.ts";
const seed = values.seed ?? String(Date.now());
const { status } = spawnSync(process.execPath, [vitest, "run", "--project", "workers", file], {
  stdio: "inherit",
  env: {
    ...process.env,
    EDGEFLAME_MODEL_SEED: seed,
    EDGEFLAME_MODEL_STEPS: values.steps,
    EDGEFLAME_FAULTS: values.faults ?? "",
  },
});
process.exit(status ?? 1);
