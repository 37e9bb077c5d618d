// The generator behind `npm run demo`: what it sends is what it claims.

import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { Profile } from "pprof-format";
import { describe, expect, it } from "vitest";
import { writePprof } from "../../scripts/demo/pprof-writer.ts";
import { KIND_NAMES } from "../../scripts/demo/profiles.ts";
import { apportion, randomOf } from "../../scripts/demo/random.ts";
import { comparedPeriods, type DemoRange, incidentTimes } from "../../scripts/demo/story.ts";
import { countUploads, type DemoUpload, demoTruth, demoUploads, shareOf } from "../../scripts/demo/uploads.ts";

// Half a minute off the grid on both sides, as a real "now" is.
const RANGE: DemoRange = { seed: "test", fromS: 1_795_000_030, untilS: 1_795_003_630 };
const DAY: DemoRange = { seed: "test", fromS: 1_795_000_030, untilS: 1_795_086_430 };

async function uploadsOf(range: DemoRange, wanted?: (meta: DemoUpload["meta"]) => boolean): Promise<DemoUpload[]> {
  const uploads: DemoUpload[] = [];
  for await (const upload of demoUploads(range, wanted)) uploads.push(upload);
  return uploads;
}

const RANGE_UPLOADS = await uploadsOf(RANGE);

describe("the demo's uploads", () => {
  it("are the same bytes for the same seed, and others for another", async () => {
    expect(await uploadsOf(RANGE)).toEqual(RANGE_UPLOADS);
    const other = await uploadsOf({ ...RANGE, seed: "other" });
    expect(other.map(({ query }) => query)).toEqual(RANGE_UPLOADS.map(({ query }) => query));
    expect(other.some(({ body }, index) => Buffer.compare(body, RANGE_UPLOADS[index]?.body ?? body) !== 0)).toBe(true);
  });

  it("lie in the range, in the order of time, as many as counted", () => {
    expect(RANGE_UPLOADS.length).toBe(countUploads(RANGE));
    let lastS = RANGE.fromS;
    for (const { meta, query } of RANGE_UPLOADS) {
      expect(meta.fromS).toBeGreaterThanOrEqual(lastS);
      expect(meta.untilS).toBeLessThanOrEqual(RANGE.untilS);
      expect(new URLSearchParams(query).get("from")).toBe(`${meta.fromS}000000000`);
      expect(new URLSearchParams(query).get("name")).toBe(`ride-sharing-app{region=${meta.region}}`);
      lastS = meta.fromS;
    }
  });

  it.each(KIND_NAMES)("hold for %s what the truth says", (kind) => {
    for (const region of ["us-east-1", "us-west-1", "eu-west-1"]) {
      const profiles = RANGE_UPLOADS.filter(({ meta }) => meta.kind === kind && meta.region === region).map(profileOf);
      const truth = demoTruth(RANGE, { ...RANGE, kind, region });
      expect(profiles.length).toBe(truth.uploads);
      expect(profiles.length).toBeGreaterThan(0);
      expect(totalsOf(profiles, () => true)).toEqual(truth.totals);
      for (const name of ["main.FindNearestVehicle", "main.mutexLock", "net/http.(*conn).serve"]) {
        const expected = truth.totalsOfFunction.get(name) ?? truth.totals.map(() => 0);
        expect(totalsOf(profiles, (sample) => sample.functions.has(name))).toEqual(expected);
      }
    }
  });

  it("hold for each vehicle what the truth says, in proportion to the radii", () => {
    const profiles = RANGE_UPLOADS.filter(({ meta }) => meta.kind === "cpu" && meta.region === "us-east-1").map(
      profileOf,
    );
    const samples = ["bike", "scooter", "car"].map((vehicle) => {
      const { totals } = demoTruth(RANGE, { ...RANGE, kind: "cpu", region: "us-east-1", vehicle });
      expect(totalsOf(profiles, ({ labels }) => labels.vehicle === vehicle)).toEqual(totals);
      return totals[0] ?? 0;
    });
    const [bike = 0, scooter = 0, car = 0] = samples;
    expect(scooter / bike).toBeCloseTo(2, 1);
    expect(car / bike).toBeCloseTo(3, 1);
  });

  it("say where each function stands, in 60 to 150 nodes of the call tree", () => {
    const nodes = new Set<string>();
    for (const { profile, samples } of RANGE_UPLOADS.filter(({ meta }) => meta.kind === "cpu").map(profileOf)) {
      const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
      for (const { filename, startLine } of profile.function) {
        expect(text(filename)).toMatch(/^\/.+\.go$/);
        expect(Number(startLine)).toBeGreaterThan(0);
      }
      for (const { path } of samples)
        for (let depth = 1; depth <= path.length; depth++) nodes.add(path.slice(0, depth).join(";"));
    }
    expect(nodes.size).toBeGreaterThanOrEqual(60);
    expect(nodes.size).toBeLessThanOrEqual(150);
  });
});

describe("the incident", () => {
  it.each([
    ["an hour", RANGE],
    ["a day", DAY],
  ])("takes 33 and 71 % of the CPU of us-west-1 in the two ranges to compare, in %s", async (_name, range) => {
    const { query, low, high } = comparedPeriods(range);
    expect(query).toBe('ride-sharing-app.cpu{region="us-west-1"}');
    for (const [period, percent] of [
      [low, 33],
      [high, 71],
    ] as const) {
      const uploads = await uploadsOf(range, (meta) => {
        const inside = meta.fromS >= period.fromS && meta.untilS <= period.untilS;
        return inside && meta.kind === "cpu" && meta.region === "us-west-1";
      });
      const profiles = uploads.map(profileOf);
      const [allSamples = 0, allNanoseconds = 0] = totalsOf(profiles, () => true);
      const [samples = 0, nanoseconds = 0] = totalsOf(profiles, ({ functions }) => functions.has("main.mutexLock"));
      expect(Math.abs((100 * samples) / allSamples - percent)).toBeLessThan(0.1);
      expect(Math.abs((100 * nanoseconds) / allNanoseconds - percent)).toBeLessThan(0.1);
      const truth = demoTruth(range, { ...period, kind: "cpu", region: "us-west-1" });
      expect(truth.totals).toEqual([allSamples, allNanoseconds]);
      expect(shareOf(truth, "main.mutexLock")).toBe(samples / allSamples);
    }
  });

  it("is not there before it began, nor in another region", () => {
    const { startS } = incidentTimes(DAY);
    const before = demoTruth(DAY, { fromS: DAY.fromS, untilS: startS, kind: "cpu" });
    const elsewhere = demoTruth(DAY, { fromS: startS, untilS: DAY.untilS, kind: "cpu", region: "eu-west-1" });
    const within = demoTruth(DAY, { fromS: startS, untilS: DAY.untilS, kind: "cpu", region: "us-west-1" });
    expect([before, elsewhere, within].map((truth) => truth.totalsOfFunction.has("main.mutexLock"))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("the pprof writer", () => {
  it("keeps 64-bit values and shares what is the same", () => {
    const frame = { functionName: "main.work", file: "/app/main.go", startLine: 10, line: 300 };
    const value = 2 ** 52 + 1;
    const bytes = writePprof({
      valueTypes: [{ type: "alloc_space", unit: "bytes" }],
      periodType: { type: "space", unit: "bytes" },
      period: 524_288,
      startS: 1_795_000_000,
      durationS: 60,
      binary: "/app",
      samples: [
        { stack: [frame, { ...frame, line: 301 }], values: [value], labels: { vehicle: "car" } },
        { stack: [frame], values: [127], labels: {} },
      ],
    });
    const profile = Profile.decode(bytes);
    expect(profile.sample.map((sample) => sample.value.map(Number))).toEqual([[value], [127]]);
    expect([profile.function.length, profile.location.length]).toEqual([1, 2]);
    expect(BigInt(profile.timeNanos)).toBe(1_795_000_000_000_000_000n);
    expect(Number(profile.period)).toBe(524_288);
  });
});

describe("apportion", () => {
  it("splits a whole amount into whole parts, none for no weight", () => {
    const weight = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 }));
    const weights = fc.array(weight, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.nat(), weights, fc.string(), (amount, given, seed) => {
        fc.pre(given.some((weight) => weight > 0));
        const parts = apportion(amount, given, 0.2, randomOf(seed));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
        parts.forEach((part, index) => {
          expect(Number.isInteger(part) && part >= 0).toBe(true);
          if (given[index] === 0) expect(part).toBe(0);
        });
      }),
    );
  });
});

interface ReadSample {
  readonly path: readonly string[];
  readonly functions: ReadonlySet<string>;
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

/** An upload's profile, read with the decoder of others. */
function profileOf({ body, contentType }: DemoUpload): { profile: Profile; samples: ReadSample[] } {
  const boundary = contentType.replace(/^.*boundary=/, "");
  const bytes = Buffer.from(body);
  const start = bytes.indexOf("\r\n\r\n", bytes.indexOf('name="profile"')) + 4;
  const profile = Profile.decode(gunzipSync(bytes.subarray(start, bytes.indexOf(`\r\n--${boundary}`, start))));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
  const names = new Map(profile.function.map(({ id, name }) => [Number(id), text(name)]));
  const nameAt = new Map(
    profile.location.map(({ id, line }) => [Number(id), names.get(Number(line[0]?.functionId)) ?? ""]),
  );
  const samples = profile.sample.map(({ locationId, value, label }) => {
    const path = locationId.map((id) => nameAt.get(Number(id)) ?? "").reverse();
    const labels = Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)]));
    return { path, functions: new Set(path), values: value.map(Number), labels };
  });
  return { profile, samples };
}

function totalsOf(
  profiles: readonly { profile: Profile; samples: ReadSample[] }[],
  counts: (sample: ReadSample) => boolean,
) {
  const totals = (profiles[0]?.profile.sampleType ?? []).map(() => 0);
  for (const { samples } of profiles) {
    for (const sample of samples.filter(counts)) {
      sample.values.forEach((value, index) => {
        totals[index] = (totals[index] ?? 0) + value;
      });
    }
  }
  return totals;
}
