// Java Flight Recorder: against what upstream makes of real recordings, against the JDK's own tool, and under damage.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeJfr, type JfrProfile } from "../../src/formats/jfr/decode.ts";
import { noRequest } from "../../src/formats/jfr/events.ts";
import { JfrCursor } from "../../src/formats/jfr/jfr-cursor.ts";
import { type LabelSnapshot, NO_SNAPSHOT, readLabelSnapshot } from "../../src/formats/jfr/label-snapshot.ts";
import { jfrSamples } from "../../src/formats/jfr/samples.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { jfrChunk, jfrEvent, jfrLong } from "./jfr-bytes.ts";
import { joined, mutate, random } from "./mutations.ts";
import { stackLines, stackPath } from "./stack-lines.ts";

const OWN = join(import.meta.dirname, "../fixtures/jfr/openjdk-17.jfr.gz");
const inflated = (path: string) => new Uint8Array(gunzipSync(readFileSync(path)));

function decode(bytes: Uint8Array, labels: LabelSnapshot = NO_SNAPSHOT): JfrProfile {
  const jfr = decodeJfr(bytes, { limits: LIMITS, periodNanos: 10_000_000, labels });
  if (jfr === null) throw new Error("nothing decoded");
  return jfr;
}

/** Sums by path of one column, of the samples of one label set; all samples for null. */
function sumsOf(profile: Profile, column: number, labelSet: number | null): Record<string, bigint> {
  const sums = new Map<string, bigint>();
  profile.sampleNodes.forEach((node, s) => {
    const value = profile.sampleValues[s * profile.sampleTypes.length + column] ?? 0n;
    if (value === 0n || (labelSet !== null && profile.sampleLabels[s] !== labelSet)) return;
    const path = stackPath(profile.stacks, node);
    sums.set(path, (sums.get(path) ?? 0n) + value);
  });
  return Object.fromEntries([...sums].sort());
}

function golden(path: string): Record<string, bigint> {
  const profile = decodePprof(inflateIfGzip(readFileSync(path), LIMITS), { limits: LIMITS });
  if (profile === null) throw new Error("nothing in the golden file");
  return sumsOf(profile, 0, null);
}

describeWithSharedData("a recording of async-profiler", (dataDir) => {
  const folder = join(dataDir, "jfr");
  const listed = (() => {
    try {
      return readdirSync(folder);
    } catch {
      return []; // the tests are only counted
    }
  })();
  const goldens = listed.filter((file) => file.endsWith(".pb.gz") && file.includes(".jfr.gz."));
  const NO_LABELS = "17241709254077376921";

  it.each(goldens)("equals upstream's pprof, stack by stack: %s", (file) => {
    const [name = "", rest = ""] = file.split(".jfr.gz.");
    const [metric = "", hash] = rest.split(".");
    // Those without labels hold all samples: they were made without the snapshot.
    const labels =
      hash === NO_LABELS
        ? NO_SNAPSHOT
        : readLabelSnapshot(
            inflateIfGzip(readFileSync(join(folder, `${name}.labels.pb.gz`)), LIMITS),
            LIMITS,
            new LabelDrops(),
          );
    const { profile, columns } = decode(inflated(join(folder, `${name}.jfr.gz`)), labels);
    const column = columns.findIndex((one) => metric.startsWith(`${one.metric}_${one.type}_${one.unit}_`));
    expect(column).toBeGreaterThanOrEqual(0);
    const expected = golden(join(folder, file));
    expect(Object.keys(expected).length).toBeGreaterThan(0);
    const sets = hash === NO_LABELS ? [null] : profile.labelSets.map((_, set) => set);
    const found = sets.map((set) => sumsOf(profile, column, set));
    expect(found).toContainEqual(expected);
  });

  it("splits by the labels of its snapshot, and loses nothing by it", () => {
    const bytes = inflated(join(folder, "dump1.jfr.gz"));
    const snapshot = readLabelSnapshot(
      inflateIfGzip(readFileSync(join(folder, "dump1.labels.pb.gz")), LIMITS),
      LIMITS,
      new LabelDrops(),
    );
    const split = decode(bytes, snapshot);
    expect(split.profile.labelSets.length).toBeGreaterThan(3);
    expect(sumsOf(split.profile, 0, null)).toEqual(sumsOf(decode(bytes).profile, 0, null));
  });
});

describe("a recording of OpenJDK", () => {
  const { profile, columns } = decode(inflated(OWN));
  const total = (name: string) => {
    const column = columns.findIndex(({ type, metric }) => `${metric}:${type}` === name);
    return Object.values(sumsOf(profile, column, null)).reduce((a, b) => a + b, 0n);
  };

  it("has as many events of each kind as the JDK's own tool counts", () => {
    expect(total("memory:alloc_in_new_tlab_objects")).toBe(5820n);
    expect(total("memory:alloc_sample_objects")).toBe(200n);
    expect(total("memory:alloc_outside_tlab_objects")).toBe(8n);
    expect(total("mutex:contentions")).toBe(173n);
    expect(total("process_cpu:cpu")).toBe(18n * 10_000_000n);
    expect(columns.map(({ metric }) => metric)).not.toContain("block");
    expect(columns.map(({ metric }) => metric)).not.toContain("wall");
  });

  it("names the hot method under its callers", async () => {
    const cpu = columns.findIndex(({ type }) => type === "cpu");
    await expect(`${stackLines(profile, cpu).join("\n")}\n`).toMatchFileSnapshot(`${OWN}.cpu.stacks.txt`);
  });

  it("counts twice when it is sent as two chunks", () => {
    const once = inflated(OWN);
    const twice = new Uint8Array(once.length * 2);
    twice.set(once);
    twice.set(once, once.length);
    const doubled = sumsOf(decode(twice).profile, 0, null);
    expect(doubled).toEqual(
      Object.fromEntries(Object.entries(sumsOf(profile, 0, null)).map(([path, value]) => [path, value * 2n])),
    );
  });
});

describe("a damaged recording", () => {
  const outcome = (bytes: Uint8Array): string => {
    try {
      decodeJfr(bytes, { limits: LIMITS, periodNanos: 10_000_000, labels: NO_SNAPSHOT });
      return "ok";
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (code === "malformed_profile" || code === "profile_too_large") return code;
      throw error;
    }
  };

  it("is never more than refused, however it is damaged", () => {
    const bytes = inflated(OWN);
    const next = random(17);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 200; i++) {
      const result = outcome(mutate(bytes, next));
      counts[result] = (counts[result] ?? 0) + 1;
    }
    expect(counts.malformed_profile).toBeGreaterThan(20);
    expect(counts.ok).toBeGreaterThan(20);
  });

  it("is refused when it is cut", () => {
    const bytes = inflated(OWN);
    for (const length of [0, 1, 67, 68, 69, 500, 5000, bytes.length - 1])
      expect(outcome(bytes.subarray(0, length))).toBe("malformed_profile");
  });

  it.each([
    ["no magic", (copy: Uint8Array) => copy.set([0x46, 0x4c, 0x52, 0x01])],
    ["version 1", (copy: Uint8Array) => copy.set([0, 1, 0, 0], 4)],
    ["version 3", (copy: Uint8Array) => copy.set([0, 3, 0, 0], 4)],
    ["a size beyond its end", (copy: Uint8Array) => copy.set([0, 0, 0, 0, 0x7f], 8)],
    ["pools outside", (copy: Uint8Array) => copy.set([0, 0, 0, 0, 0x7f], 16)],
    ["metadata within the header", (copy: Uint8Array) => copy.set([0, 0, 0, 0, 0, 0, 0, 3], 24)],
    ["integers that are not compressed", (copy: Uint8Array) => copy.set([0, 0, 0, 0], 64)],
  ])("is refused with %s", (_what, damage) => {
    const copy = inflated(OWN).slice();
    damage(copy);
    expect(outcome(copy)).toBe("malformed_profile");
  });

  it("has no labels that a damaged snapshot could give", () => {
    const next = random(3);
    for (let i = 0; i < 2000; i++) {
      const bytes = Uint8Array.from({ length: Math.floor(next() * 40) }, () => Math.floor(next() * 256));
      try {
        readLabelSnapshot(bytes, LIMITS, new LabelDrops());
      } catch (error) {
        expect(error).toMatchObject({ code: "malformed_profile" });
      }
    }
  });
});

describe("spans of events", () => {
  it("have all 64 bits of their ids", () => {
    const id = 0xdeadbeefdeadbeefn;
    const septets = Array.from({ length: 8 }, (_, i) => Number((id >> BigInt(i * 7)) & 0x7fn) | 0x80);
    const bytes = Uint8Array.of(...septets, Number(id >> 56n), 0x05, 0x80, 0x01);
    const cursor = new JfrCursor(bytes);
    const read = [0, 0, 0].map(() => {
      const words = { low: 0, high: 0 };
      cursor.words(words);
      return (BigInt(words.high >>> 0) << 32n) | BigInt(words.low >>> 0);
    });
    expect([...read, cursor.left]).toEqual([id, 5n, 0x80n, 0]);
  });

  it("name their traces, too, where the recorder writes those", () => {
    const [long, sample] = [1, 2];
    const fields = ["spanId", "traceIdHi", "traceIdLo"].map((name) => ({ name, type: long }));
    const events = [
      [0x51, 0, 0],
      [0x51, 0xa, 0xb],
      [0x51, 0xa, 0xc],
      [0, 0xa, 0xb],
      [0x51, 0xa, 0xb],
      [0, 0, 0],
    ].map((ids) => jfrEvent(sample, jfrLong(...ids)));
    const bytes = jfrChunk({
      classes: [
        { id: long, name: "long" },
        { id: sample, name: "jdk.ExecutionSample", fields },
      ],
      events: joined(...events),
    });
    const { profile } = decode(bytes);
    const ofSample = [...(profile.spans?.ofSample ?? [])].map((place) => profile.spans?.keys[place] ?? "");
    const key = (high: number, low: number, span: number) =>
      [high, low, span].map((half) => half.toString(16).padStart(16, "0")).join("");
    expect(Object.fromEntries(ofSample.map((id, i) => [id, profile.sampleValues[i]]))).toEqual({
      [key(0, 0, 0x51)]: 10_000_000n,
      [key(0xa, 0xb, 0x51)]: 20_000_000n,
      [key(0xa, 0xc, 0x51)]: 10_000_000n,
      [key(0xa, 0xb, 0)]: 10_000_000n,
      "": 10_000_000n,
    });
  });

  it("are told apart within equal stacks and labels, up to the limit", () => {
    const [one, other] = ["deadbeefdeadbeef", "00f067aa0ba902b7"];
    const labels = [["span_name", "GET /"]] as const;
    const samples = jfrSamples({ ...LIMITS, spansPerUpload: 1 });
    const wordsOf = (id: string) => ({
      high: Number.parseInt(id.slice(0, 8), 16) | 0,
      low: Number.parseInt(id.slice(8), 16) | 0,
    });
    for (const span of ["0".repeat(16), one, "0".repeat(16), one, other])
      samples.add(
        { node: 3, labels, request: { ...noRequest(), isKnown: /[^0]/.test(span), span: wordsOf(span) } },
        "cpu",
        2,
      );
    const {
      spans,
      nodes,
      labels: sets,
      labelSets,
      values,
      notes,
    } = samples.finish(() => ({ column: "cpu", multiplier: 10 }));
    expect(spans).toEqual({ keys: [`${"0".repeat(32)}${one}`], ofSample: Int32Array.of(-1, 0) });
    expect([nodes, sets, labelSets, values]).toEqual([
      Int32Array.of(3, 3),
      Int32Array.of(0, 0),
      [labels],
      BigInt64Array.of(60n, 40n),
    ]);
    expect(notes).toEqual([expect.objectContaining({ kind: "spans_dropped", subject: "1 sample" })]);
  });
});
