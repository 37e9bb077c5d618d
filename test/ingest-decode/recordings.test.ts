// Recordings (JFR) as uploads: how they may come, whose they are, and what the old API calls what is in them.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { type JfrClass, jfrChunk, jfrEvent, jfrLong, jfrText } from "../formats/jfr-bytes.ts";
import { joined } from "../formats/mutations.ts";
import { message } from "../formats/pprof-bytes.ts";
import { decoded, multipart, raw, SETTINGS, seriesLines } from "./upload.ts";

const T = {
  long: 1,
  string: 2,
  setting: 3,
  enter: 10,
  park: 11,
  live: 12,
  malloc: 13,
  inTlab: 14,
  outside: 15,
  run: 16,
};
const long = (name: string) => ({ name, type: T.long });
const CLASSES: readonly JfrClass[] = [
  { id: T.long, name: "long" },
  { id: T.string, name: "java.lang.String" },
  {
    id: T.setting,
    name: "jdk.ActiveSetting",
    fields: [
      { name: "name", type: T.string },
      { name: "value", type: T.string },
    ],
  },
  { id: T.enter, name: "jdk.JavaMonitorEnter", fields: [long("duration"), long("contextId")] },
  { id: T.park, name: "jdk.ThreadPark", fields: [long("duration"), long("contextId"), long("spanName")] },
  { id: T.live, name: "profiler.LiveObject", fields: [] },
  { id: T.malloc, name: "profiler.Malloc", fields: [long("size")] },
  { id: T.inTlab, name: "jdk.ObjectAllocationInNewTLAB", fields: [long("tlabSize")] },
  { id: T.outside, name: "jdk.ObjectAllocationOutsideTLAB", fields: [long("allocationSize")] },
  { id: T.run, name: "jdk.ExecutionSample", fields: [] },
];

function recording(event: string | null, ...events: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const setting = event === null ? [] : [jfrEvent(T.setting, joined(jfrText("event"), jfrText(event)))];
  return jfrChunk({ classes: CLASSES, events: joined(...setting, ...events) });
}
const park = (ticks: number, context = 0, spanName = 0) => jfrEvent(T.park, jfrLong(ticks, context, spanName));
const PARKED = recording("cpu", park(77));
const JFR = "name=shop&format=jfr&sampleRate=100";
const COUNT = "block:contentions:count:block:count";
const DELAY = "block:delay:nanoseconds:block:count";
const zipped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes));

describe("a recording", () => {
  const own = [`${COUNT}{jfr_event=cpu} 1`, `${DELAY}{jfr_event=cpu} 77`];

  it.each([
    ["alone", raw(JFR, PARKED)],
    ["alone and gzipped", raw(JFR, zipped(PARKED))],
    ["in a form", multipart(JFR, { jfr: PARKED })],
    ["in a form and gzipped", multipart(JFR, { jfr: zipped(PARKED), labels: zipped(new Uint8Array(0)) })],
  ])("is taken %s", async (_how, request) => {
    expect(seriesLines(await decoded(await request))).toEqual(own);
  });

  it("of no bytes is nothing to store", async () => {
    expect(await decodeUpload(raw(JFR, ""), SETTINGS)).toBeNull();
  });

  it("is asked for where a form has none", async () => {
    const form = await multipart(JFR, { labels: zipped(PARKED) });
    await expect(decodeUpload(form, SETTINGS)).rejects.toMatchObject({
      code: "malformed_profile",
      message: expect.stringContaining("jfr field is required"),
    });
  });

  it.each([
    ["name=shop", "shop", ["jfr_event=cpu"]],
    ["name=shop{region=eu}", "shop", ["jfr_event=cpu", "region=eu"]],
    ["name=shop{service_name=checkout}", "checkout", ["app_name=shop", "jfr_event=cpu"]],
  ])("of %s belongs to %s", async (name, service, labels) => {
    const upload = await decoded(raw(`${name}&format=jfr`, PARKED));
    expect(upload.service).toBe(service);
    expect(seriesLines(upload)[0]).toBe(`${COUNT}{${labels.join(",")}} 1`);
  });

  it("that does not say what it sampled by has no label of it", async () => {
    expect(seriesLines(await decoded(raw(JFR, recording(null, park(1)))))[0]).toBe(`${COUNT}{} 1`);
  });
});

describe("what the old API calls", () => {
  const ran = jfrEvent(T.run, jfrLong());
  it.each([
    ["cpu", ran, ["cpu"]],
    ["itimer", ran, ["itimer"]],
    ["wall", ran, ["cpu", "wall"]],
    ["cpu", jfrEvent(T.inTlab, jfrLong(8)), ["alloc_in_new_tlab_objects", "alloc_in_new_tlab_bytes"]],
    ["cpu", jfrEvent(T.outside, jfrLong(8)), ["alloc_outside_tlab_objects", "alloc_outside_tlab_bytes"]],
    ["cpu", jfrEvent(T.enter, jfrLong(8, 0)), ["lock_count", "lock_duration"]],
    ["cpu", park(8), ["block_count", "block_duration"]],
    ["alloc", jfrEvent(T.live, jfrLong()), ["live"]],
    ["malloc", jfrEvent(T.malloc, jfrLong(8)), ["malloc_objects", "malloc_bytes"]],
  ])("a recording by %s, event of %#", async (event, bytes, suffixes) => {
    const { series } = await decoded(raw(JFR, recording(event, bytes)));
    expect(series.map(({ type }) => type.oldSuffix)).toEqual(suffixes);
  });

  it.each([
    [jfrEvent(T.inTlab, jfrLong(8)), ["objects", "bytes"]],
    [jfrEvent(T.live, jfrLong()), ["objects"]],
    [jfrEvent(T.enter, jfrLong(8, 0)), ["lock_samples", "lock_nanoseconds"]],
    [park(8), ["lock_samples", "lock_nanoseconds"]],
  ])("event of %# is in 0.3x's units", async (bytes, units) => {
    const { series } = await decoded(raw(JFR, recording("cpu", bytes)));
    expect(series.map(({ type }) => type.units)).toEqual(units);
  });

  it("CPU is in nanoseconds under its old name, too", async () => {
    const upload = await decoded(raw("name=shop&format=jfr&sampleRate=50", recording("cpu", ran)));
    expect(upload.series.map(({ type }) => [type.oldSuffix, type.units])).toEqual([["cpu", "nanoseconds"]]);
    expect(seriesLines(upload)[0]).toMatch(/ 20000000$/);
  });

  it.each(["0", "-5", "4294967296", "fast"])("CPU at a rate of %s Hz, which is none, is at 100 Hz", async (rate) => {
    const upload = await decoded(raw(`name=shop&format=jfr&sampleRate=${rate}`, recording("cpu", ran)));
    expect(seriesLines(upload)[0]).toMatch(/ 10000000$/);
  });
});

describe("the contexts of a recording", () => {
  const LABELS = message(
    [1, message([1, 1n], [2, message([1, message([1, 1n], [2, 2n])])])],
    ...["region", "eu", "GET /", ""].map(
      (text, i) => [2, message([1, BigInt(i + 1)], [2, text])] as readonly [number, Uint8Array],
    ),
  );
  const of = async (...events: readonly Uint8Array[]) => {
    const labels = new Uint8Array(LABELS);
    return seriesLines(await decoded(await multipart(JFR, { jfr: recording("cpu", ...events), labels }))).filter(
      (line) => line.startsWith(COUNT),
    );
  };

  it("label its events, and so do the names of spans", async () => {
    expect(await of(park(1, 1), park(2, 0, 3), park(3, 1, 3), park(4))).toEqual([
      `${COUNT}{jfr_event=cpu,region=eu} 1`,
      `${COUNT}{jfr_event=cpu,span_name=GET /} 1`,
      `${COUNT}{jfr_event=cpu,region=eu,span_name=GET /} 1`,
      `${COUNT}{jfr_event=cpu} 1`,
    ]);
  });

  it("that nobody names, and names of nothing, label nothing", async () => {
    expect(await of(park(1, 9), park(2, 0, 4), park(3, 0, 9), park(4, 1, 4), park(5))).toEqual([
      `${COUNT}{jfr_event=cpu} 4`,
      `${COUNT}{jfr_event=cpu,region=eu} 1`,
    ]);
  });
});
