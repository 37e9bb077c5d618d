import { describe, expect, it } from "vitest";
import { formatPoints, formatShare, type ValueUnits, valueFormat } from "../../src/view/format.ts";

const samples: ValueUnits = { units: "samples", sampleRate: 100 };
const unit = (units: string): ValueUnits => ({ units, sampleRate: 100 });

describe("valueFormat", () => {
  const table: readonly (readonly [ValueUnits, number, string])[] = [
    [samples, 0, "0 s"],
    [samples, 1, "10.0 ms"],
    [samples, 342, "3.42 s"],
    [samples, 900, "9.00 s"],
    [samples, 5_994, "59.9 s"],
    [samples, 5_999, "1.00 min"],
    [samples, 72_600, "12.1 min"],
    [samples, 1_512_000, "4.20 h"],
    [samples, 8_640_000_00, "100 d"],
    [{ units: "samples", sampleRate: 1e9 }, 1_500_000_000, "1.50 s"],
    [{ units: "samples", sampleRate: 0 }, 1_500, "1.50 k"],
    [unit("nanoseconds"), 1, "1 ns"],
    [unit("nanoseconds"), 999, "999 ns"],
    [unit("nanoseconds"), 1_000, "1.00 µs"],
    [unit("nanoseconds"), 12_345_678, "12.3 ms"],
    [unit("nanoseconds"), 0.25, "0.25 ns"],
    [unit("lock_nanoseconds"), 2_000_000_000, "2.00 s"],
    [unit("lock_samples"), 12, "12"],
    [unit("bytes"), 0, "0 B"],
    [unit("bytes"), 512, "512 B"],
    [unit("bytes"), 1_023, "1,023 B"],
    [unit("bytes"), 1_024, "1.00 KiB"],
    [unit("bytes"), 1_572_864, "1.50 MiB"],
    [unit("bytes"), 2 ** 40 * 20, "20.0 TiB"],
    [unit("bytes"), 2 ** 50 * 5_000, "5,000 PiB"],
    [unit("objects"), 7, "7"],
    [unit("objects"), 12_345, "12.3 k"],
    [unit("objects"), 999_960, "1.00 M"],
    [unit("goroutines"), 1_234_567, "1.23 M"],
    [unit("count"), 5e13, "50.0 T"],
    [unit("widgets"), 3_400, "3.40 k"],
    [unit(""), 3, "3"],
    [unit("constructor"), 3, "3"],
    [samples, Number.NaN, "–"],
    [samples, -342, "-3.42 s"],
  ];
  it.each(table)("%j: %d is %s", (units, value, text) => {
    expect(valueFormat(units).short(value)).toBe(text);
  });

  it("names what is measured and what the exact number counts", () => {
    expect(valueFormat(samples)).toMatchObject({ title: "CPU time", exactTitle: "Samples" });
    expect(valueFormat({ units: "samples", sampleRate: 1e9 })).toMatchObject({
      title: "CPU time",
      exactTitle: "Nanoseconds",
    });
    expect(valueFormat(unit("lock_samples"))).toMatchObject({ title: "Contended locks" });
    expect(valueFormat(unit("my_units"))).toMatchObject({ title: "My units", exactTitle: "My units" });
    expect(valueFormat(unit(""))).toMatchObject({ title: "Value" });
  });

  it("says average for gauges", () => {
    expect(valueFormat({ ...unit("objects"), aggregation: "average" })).toMatchObject({
      title: "Average objects",
      exactTitle: "Average objects",
    });
    expect(valueFormat({ ...unit("objects"), aggregation: "sum" })).toMatchObject({ title: "Objects" });
  });

  it("shows every digit where exactness is asked for", () => {
    expect(valueFormat(samples).exact(1_234_567)).toBe("1,234,567");
  });
});

describe("formatShare", () => {
  it.each([
    [0, "0 %"],
    [0.0000001, "<0.1 %"],
    [0.00051, "0.1 %"],
    [0.412, "41.2 %"],
    [0.33, "33.0 %"],
    [0.99951, ">99.9 %"],
    [1, "100 %"],
    [Number.NaN, "–"],
  ])("%d is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("formatPoints", () => {
  it.each([
    [0, "0 pp"],
    [0.38, "+38.0 pp"],
    [-0.041, "−4.1 pp"],
    [0.0004, "+0.04 pp"],
    [-0.00099, "−0.1 pp"],
    [0.00001, "+<0.01 pp"],
    [Number.NaN, "0 pp"],
  ])("%d is %s", (share, text) => {
    expect(formatPoints(share)).toBe(text);
  });
});
