// The law of compaction: whatever was sealed, in whatever order it is merged, any cover of a range by the rows that are there
// adds up to what was sent, stack by stack and slot by slot; across shards, epochs and late parts.
import { expect, it } from "vitest";
import { compactionDictionaries } from "../../src/compact/dictionaries.ts";
import { mergeStep } from "../../src/compact/merge-step.ts";
import { MERGED_SHARD } from "../../src/config.ts";
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { LIMB } from "../../src/lib/wide-sums.ts";
import { planCover, planTimeline } from "../../src/segment/cover-plan.ts";
import type { SeriesIdentity } from "../../src/segment/segment-writer.ts";
import { readVector } from "../../src/segment/vector.ts";
import { segmentReads } from "../../src/storage/segment-reads.ts";
import { all } from "../segment/segment-bytes.ts";
import { randomOf } from "../support/seeded.ts";
import { APP, type MinuteVector, memoryApp, stackOf } from "./memory-catalog.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
/** A beginning of 30 d. */
const T0 = MONTH * 690;
const SERIES: readonly SeriesIdentity[] = ["cpu", "memory"].flatMap((typeId) =>
  ["a", "b", "c"].map((pod): SeriesIdentity => ({ typeId, labels: [["pod", pod]] })),
);

type App = ReturnType<typeof memoryApp>;

/** Sums of a range by series and stack, read from the rows that the plan says. */
async function stacksOf({ ports, state }: App, from: number, until: number): Promise<Map<string, bigint>> {
  const reads = segmentReads(ports.store, null);
  const dictionaries = compactionDictionaries(ports.store);
  const sums = new Map<string, bigint>();
  for (const { row, nodes } of planCover(state.rows, { from, until })) {
    const head = await reads.head(row);
    const dictionary = await dictionaries.read({ shard: row.dictShard, epoch: row.epoch }, state.stretches);
    const wanted = new Uint8Array(head.series.length).fill(1);
    for (const [width, starts] of nodes) {
      await reads.nodes(row, head, width, new Set(starts), wanted, (entry) => {
        const { type, labels } = head.series[entry.series]!;
        const vector = readVector(new ByteReader(entry.bytes, entry.at, entry.end));
        for (const [i, node] of vector.nodes.entries()) {
          const key = JSON.stringify([head.types[type], labels, stackOf(dictionary, node)]);
          const value = BigInt(vector.high?.[i] ?? 0) * BigInt(LIMB) + BigInt(vector.low[i]!);
          sums.set(key, (sums.get(key) ?? 0n) + value);
        }
      });
    }
  }
  return sums;
}

async function timelineOf(
  { ports, state }: App,
  from: number,
  until: number,
  rung: number,
): Promise<Map<number, bigint>> {
  const reads = segmentReads(ports.store, null);
  const sums = new Map<number, bigint>();
  for (const { row, nodes } of planTimeline(state.rows, { from, until, rung })) {
    const head = await reads.head(row);
    const wanted = new Uint8Array(head.series.length).fill(1);
    for (const [width, starts] of nodes) {
      const startOf = (start: number) => start - (start % rung);
      for (const one of await all(reads.totals(row, head, width, new Set(starts), wanted, startOf))) {
        for (const [i, start] of one.start.entries()) {
          const value = BigInt(one.totalHigh[i]!) * BigInt(LIMB) + BigInt(one.totalLow[i]!);
          sums.set(start, (sums.get(start) ?? 0n) + value);
        }
      }
    }
  }
  return sums;
}

/** Hours with a part that their window or their day lacks. */
const unmerged = ({ state: { rows } }: App) =>
  rows.filter((hour) => {
    const over = rows.filter(
      (row) => row.shard === MERGED_SHARD && row.start <= hour.start && row.start + row.width > hour.start,
    );
    const holds = (finest: number) =>
      over.some((row) => row.finest === finest && (row.covers?.get(hour.shard) ?? 0) >= hour.part);
    return hour.shard !== MERGED_SHARD && !(holds(HOUR) && holds(DAY));
  });

const add = <K>(sums: Map<K, bigint>, key: K, value: number) => sums.set(key, (sums.get(key) ?? 0n) + BigInt(value));

it.each([1, 2, 3, 4, 5, 6, 7, 8])("program %i: every cover adds up to what was sent", async (seed) => {
  const random = randomOf(seed * 7919);
  const app = memoryApp();
  const sent: MinuteVector[] = [];
  const mostHours = seed % 2 === 0 ? 3 : 1000;
  const span = [2 * DAY, 12 * DAY, 2 * MONTH][seed % 3]!;
  const anyVector = (hour: number): MinuteVector => ({
    series: SERIES[random(SERIES.length)]!,
    minute: hour + 60 * random(60),
    values: new Map(
      Array.from({ length: 1 + random(6) }, () => [
        `main;f${random(9)};g${random(9)}`,
        random(9) === 0 ? LIMB - 1 - random(9) : 1 + random(1000),
      ]),
    ),
  });
  const check = async (when: string) => {
    const grid = [HOUR, 6 * HOUR, DAY][random(3)]!;
    const from = T0 + grid * random(span / grid);
    const until = from + grid * (1 + random((T0 + span - from) / grid));
    const stacks = new Map<string, bigint>();
    const slots = new Map<number, bigint>();
    const rung = [60, 600, HOUR, DAY].filter((one) => grid % one === 0)[random(2)]!;
    for (const { series, minute, values } of sent) {
      if (minute < from || minute >= until) continue;
      for (const [stack, value] of values) {
        add(stacks, JSON.stringify([series.typeId, series.labels, stack]), value);
        add(slots, minute - (minute % rung), value);
      }
    }
    const what = `${when}: ${from - T0}..${until - T0}`;
    expect(await stacksOf(app, from, until), what).toEqual(stacks);
    expect(await timelineOf(app, from, until, rung), `${what}, steps of ${rung}`).toEqual(slots);
  };
  for (let step = 0; step < 120; step++) {
    const what = random(10);
    if (what < 5) {
      const hour = T0 + HOUR * random(span / HOUR);
      const vectors = Array.from({ length: 1 + random(12) }, () => anyVector(hour));
      await app.seal(random(3), hour, vectors);
      sent.push(...vectors);
    } else if (what === 5) app.beginEpoch(random(3));
    else if (app.state.jobs.length > 0) {
      // Any order: the wider before the narrower, too.
      await mergeStep(app.ports, APP, app.state.jobs[random(app.state.jobs.length)]!, mostHours);
    }
    await check(`step ${step}`);
  }
  for (let job = app.state.jobs[0]; job !== undefined; job = app.state.jobs[0])
    await mergeStep(app.ports, APP, job, mostHours);
  expect(unmerged(app)).toEqual([]);
  for (let k = 0; k < 10; k++) await check("all merged");
  const merged = app.state.rows.filter((row) => row.shard === MERGED_SHARD && row.width >= DAY);
  const days = merged.flatMap((row) => Array.from({ length: row.width / DAY }, (_, i) => row.start + i * DAY));
  expect(new Set(days).size).toBe(days.length);
  expect(merged.some((row) => row.width > DAY)).toBe(true);
});
