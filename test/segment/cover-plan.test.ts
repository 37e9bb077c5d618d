// Every part of every hour is read exactly once, whatever was compacted when: against single atoms of data.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MERGED_SHARD, RUNGS } from "../../src/config.ts";
import {
  type PlannedNodes,
  type PlanRow,
  planCover,
  planTimeline,
  stackRungsOf,
} from "../../src/segment/cover-plan.ts";
import { floorTo } from "../../src/segment/ladder.ts";

const HOUR = 3600;
const WINDOW = 21_600;
const DAY = 86_400;
const MONTH = 2_592_000;
const T0 = 690 * MONTH;

/** Something uploaded: it is in one part of one hour, at one slot. */
interface Atom {
  readonly shard: number;
  readonly part: number;
  readonly slot: number;
}

interface World {
  readonly atoms: readonly Atom[];
  readonly rows: readonly PlanRow[];
}

const row = (width: number, start: number, finest: number, covers: ReadonlyMap<number, number>): PlanRow => ({
  width,
  start,
  shard: MERGED_SHARD,
  part: start / HOUR,
  finest,
  covers,
});

/** Uploads into the hours of 70 days, parts numbered as they are sealed, windows compacted at any moments between. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    seals: fc.array(
      fc.record({
        shard: fc.integer({ min: 0, max: 2 }),
        hour: fc.integer({ min: 0, max: 70 * 24 - 1 }),
        slots: fc.array(fc.integer({ min: 0, max: 359 }), { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    merges: fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 40 }),
        width: fc.constantFrom(WINDOW, WINDOW, DAY, 432_000, MONTH),
        near: fc.integer({ min: 0, max: 39 }),
        pieces: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ seals, merges }) => {
    const atoms: Atom[] = [];
    const rows = new Map<string, PlanRow>();
    const last = new Map<number, number>();
    const mergeAfter = (turn: number) => {
      for (const { after, width, near } of merges) {
        if (after !== turn) continue;
        const at = T0 + (seals[near % seals.length]?.hour ?? 0) * HOUR;
        const start = floorTo(width, at);
        const covers = new Map(last);
        if (width === WINDOW) {
          rows.set(`w${start}`, row(WINDOW, start, HOUR, covers));
          continue;
        }
        // A day is in one row: a wider one takes the narrower in, one within a wider rewrites that.
        const days = [...rows].filter(([key]) => key.startsWith("d")).map(([, one]) => one);
        const wider = days.find((one) => one.width > width && one.start <= start && one.start + one.width > start);
        const target = wider ?? { width, start };
        for (const one of days)
          if (one.start >= target.start && one.start + one.width <= target.start + target.width)
            rows.delete(`d${one.width}/${one.start}`);
        rows.set(`d${target.width}/${target.start}`, row(target.width, target.start, DAY, covers));
      }
    };
    seals.forEach(({ shard, hour, slots }, turn) => {
      mergeAfter(turn);
      const part = (last.get(shard) ?? 0) + 1;
      last.set(shard, part);
      const start = T0 + hour * HOUR;
      for (const slot of slots) atoms.push({ shard, part, slot: start + slot * 10 });
      for (const finest of [10, 60])
        rows.set(`h${shard}/${part}/${finest}`, { width: HOUR, start, shard, part, finest, covers: null });
    });
    mergeAfter(seals.length);
    return { atoms, rows: [...rows.values()] };
  });

/** How often each atom is in the planned nodes. */
function countsOf(atoms: readonly Atom[], plan: readonly PlannedNodes<PlanRow>[]): number[] {
  return atoms.map(({ shard, part, slot }) =>
    plan.reduce((count, { row: one, nodes }) => {
      const has = one.covers === null ? one.shard === shard && one.part === part : part <= (one.covers.get(shard) ?? 0);
      if (!has || slot < one.start || slot >= one.start + one.width) return count;
      for (const [width, starts] of nodes) if (starts.includes(floorTo(width, slot))) count++;
      return count;
    }, 0),
  );
}

describe("a plan over stacks", () => {
  it("reads every part in the range once, and nothing outside", () => {
    fc.assert(
      fc.property(worlds, fc.nat(70 * 8640), fc.nat(70 * 8640), ({ atoms, rows }, a, b) => {
        const from = T0 + Math.min(a, b) * 10;
        const until = T0 + Math.max(a, b) * 10 + 10;
        const counts = countsOf(atoms, planCover(rows, { from, until }));
        expect(counts).toEqual(atoms.map(({ slot }) => (slot >= from && slot < until ? 1 : 0)));
      }),
      { numRuns: 300 },
    );
  });

  it("takes only nodes that a row has, and none wider than asked", () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...RUNGS), ({ rows }, widest) => {
        for (const { row: one, nodes } of planCover(rows, { from: T0, until: T0 + 70 * DAY, widest })) {
          for (const [width, starts] of nodes) {
            expect(stackRungsOf(one)).toContain(width);
            if (one.covers !== null) expect(width).toBeLessThanOrEqual(Math.max(widest, HOUR));
            for (const start of starts) expect(start % width).toBe(0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("covers a year that is compacted with few nodes", () => {
    const rows: PlanRow[] = [];
    for (let k = 0; k < 12; k++) rows.push(row(MONTH, T0 + k * MONTH, DAY, new Map([[0, 1e6]])));
    const plan = planCover(rows, { from: T0, until: T0 + 12 * MONTH });
    expect(plan.map(({ nodes }) => [...nodes])).toEqual(rows.map(({ start }) => [[MONTH, [start]]]));
  });

  it("looks at all of time without walking through it", () => {
    const rows: PlanRow[] = [row(DAY, T0, DAY, new Map([[0, 3]]))];
    expect(planCover(rows, { from: 0, until: 253_402_300_800 })).toHaveLength(1);
  });
});

describe("a plan over sums", () => {
  it("takes the residual of the hour that it begins in the middle of", () => {
    const day = row(DAY, T0, DAY, new Map());
    const late: PlanRow = { width: HOUR, start: T0 + HOUR, shard: 0, part: 1, finest: 60, covers: null };
    const plan = planTimeline([day, late], { from: T0 + HOUR + 600, until: T0 + 6 * HOUR, rung: 600 });
    expect(countsOf([{ shard: 0, part: 1, slot: T0 + HOUR + 1200 }], plan)).toEqual([1]);
  });

  it("puts every part into one step, once", () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...RUNGS), fc.nat(3300), fc.nat(3300), ({ atoms, rows }, rung, a, b) => {
        const from = floorTo(rung, T0 + Math.min(a, b) * 1830);
        const until = floorTo(rung, T0 + Math.max(a, b) * 1830) + rung;
        const plan = planTimeline(rows, { from, until, rung });
        const counts = countsOf(atoms, plan);
        expect(counts).toEqual(atoms.map(({ slot }) => (slot >= from && slot < until ? 1 : 0)));
        for (const { nodes } of plan) for (const width of nodes.keys()) expect(rung % width).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
