// `npm run scale [-- --write]`: measures a month of one app with every platform call counted, and prints what any number of agents
// costs. With --write it becomes docs/scale.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureMonth } from "./scale/measure.ts";
import { scaleReport } from "./scale/report.ts";

const { values } = parseArgs({ options: { write: { type: "boolean" } } });
const log = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const report = scaleReport(await measureMonth(log));
console.log(report);
if (values.write) writeFileSync(join(import.meta.dirname, "../docs/scale.md"), report);
process.exit(0);
