// What a range that ends now costs in objects, by the real planner over the rows of an app of a year.
import { describe, expect, it } from "vitest";
import { worstCase } from "../../bench/lib/worst-case.ts";
import { randomOf } from "../../scripts/demo/random.ts";

const RANGES = 4000;

describe("objects of a range that ends now", () => {
  it("are at most 40 for any range up to a year on one shard", () => {
    const { objects, from, until } = worstCase(1, RANGES, randomOf("one shard"));
    expect(objects, `[${from}, ${until})`).toBeLessThanOrEqual(40);
    // Fewer than this would mean that the ranges asked were not the hard ones.
    expect(objects).toBeGreaterThan(20);
  });

  it("grow with three shards by their hours alone, which no compaction has joined yet", () => {
    const { objects } = worstCase(3, RANGES, randomOf("three shards"));
    expect(objects).toBeLessThanOrEqual(56);
  });
});
