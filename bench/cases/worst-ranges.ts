// The most objects that a question reads, of any range: one shard and three, at every seventh hour of 30 days (lib/worst-case.ts).
//
// Run alone: node bench/cases/worst-ranges.ts
import { DAY_SECONDS, HOUR_SECONDS } from "../../src/config.ts";
import { markdownTable } from "../lib/figures.ts";
import { hardRanges, type WorstCase } from "../lib/worst-case.ts";

const daysOf = ({ from, until }: WorstCase): string => `${((until - from) / DAY_SECONDS).toFixed(1)} d`;

/** Those that end now with an hour between beginnings; those that end anywhere with more, as there are so many more. */
const ENDS_NOW = { moments: 7 * HOUR_SECONDS, starts: HOUR_SECONDS, farStarts: DAY_SECONDS, ends: null };
const ANYWHERE = {
  moments: 61 * HOUR_SECONDS,
  starts: 11 * HOUR_SECONDS,
  farStarts: 3 * DAY_SECONDS,
  ends: 29 * HOUR_SECONDS,
};

const rows: string[][] = [];
for (const shards of [1, 3]) {
  const now = hardRanges(shards, ENDS_NOW);
  const any = hardRanges(shards, ANYWHERE);
  const row = (what: string, stacks: WorstCase, drawn: WorstCase) =>
    rows.push([
      `${shards}`,
      what,
      stacks.ranges.toLocaleString("en"),
      `${stacks.objects} (${daysOf(stacks)})`,
      stacks.mean.toFixed(1),
      `${drawn.objects} (${daysOf(drawn)})`,
      drawn.mean.toFixed(1),
    ]);
  row("end now", now.endsNow, now.renderedNow);
  row("end anywhere", any.any, any.renderedAny);
}
const head = [
  "shards",
  "ranges that",
  "asked",
  "objects for stacks, at most",
  "mean",
  "with the timeline, at most",
  "mean",
];
console.log(markdownTable("### Objects of a question", head, rows));
