// Labels that can't be kept, on every way in: each is left out and noted, and the profile is stored.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS, type Limits } from "../../src/config.ts";
import { pushOfBytes } from "../../src/ingest/push-request.ts";
import { namePushSeries } from "../../src/ingest/push-series.ts";
import { withSampleLabels } from "../../src/ingest/series-labels.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import type { LabelSet } from "../../src/profile/labels.ts";
import type { UploadNote } from "../../src/profile/upload-note.ts";
import { message, pprofOf } from "../formats/pprof-bytes.ts";
import { decoded, multipart, raw } from "./upload.ts";

const SMALL: Limits = { ...LIMITS, labelNameBytes: 8, labelValueBytes: 12, labelsPerSeries: 5 };
const shown = (notes: readonly UploadNote[]) =>
  notes.map(({ kind, subject, limit, actual }) => [kind, subject, limit, actual]);
const text = (labels: LabelSet) => labels.map(([name, value]) => `${name}=${value}`).join();

type Told = readonly [subject: string, limit: string | null, actual: number | null];

describe("a label in the name of an upload", () => {
  it.each<[string, string, string, Told]>([
    ["is no name", "app{a-b=1,c=2}", "c=2", ["label a-b", null, null]],
    ["has no name", "app{=1,c=2}", "c=2", ["a label without a name", null, null]],
    ["has a long name", "app{abcdefghi=1,c=2}", "c=2", ["label abcdefghi", "labelNameBytes", 9]],
    ["has a long value", "app{a=1234567890123,c=2}", "c=2", ["label a", "labelValueBytes", 13]],
    ["is one of many such", "app{a-a=1,b-b=2,c=2,d-d=3}", "c=2", ["label a-a, and 2 more", null, null]],
    ["comes twice", "app{c=1,c=2}", "c=2", ["label c", null, null]],
    ["is one too many", "app{a=1,b=2,c=3,d=4}", "a=1,b=2,c=3", ["the series' labels", "labelsPerSeries", 6]],
    [
      "would be the service and is too long",
      "app{service_name=1234567890123}",
      "",
      ["label service_name", "labelValueBytes", 13],
    ],
    ["is behind all that is read", `app{c=2,d=${"1".repeat(90)},e=3}`, "c=2", ["the parameter name", "nameBytes", 105]],
  ])("that %s costs the profile nothing", async (_what, name, kept, told) => {
    const limits = name.length > 64 ? { ...SMALL, nameBytes: 64 } : SMALL;
    const upload = await decoded(raw(`name=${encodeURIComponent(name)}`, "main;work 7"), { limits });
    expect(text(upload.series[0]?.labels.filter(([label]) => label !== "pyroscope_spy") ?? [])).toBe(kept);
    expect(shown(upload.notes)[0]).toEqual(["label_dropped", ...told]);
    const kinds = upload.notes.map(({ subject, limit }) => `${subject} ${limit}`);
    expect(new Set(kinds).size).toBe(kinds.length);
  });
});

describe("a label of samples", () => {
  it.each<[string, LabelSet, string, Told | null]>([
    ["without a name", [["", "1"]], "", ["a label without a name", null, null]],
    ["with a long name", [["abcdefghi", "1"]], "", ["label abcdefghi", "labelNameBytes", 9]],
    ["with a long value", [["a", "1234567890123"]], "", ["label a", "labelValueBytes", 13]],
    ["that the upload has otherwise", [["own", "2"]], "", ["label own of samples", null, null]],
    ["that the upload has as well", [["own", "1"]], "", null],
    ["that names another service", [["service_name", "x"]], "", ["label service_name of samples", null, null]],
    ["of upstream's own", [["__x__", "1"]], "", null],
    ["of an exemplar", [["span_id", "1"]], "", null],
    ["without a value", [["a", ""]], "", null],
    [
      "beyond the limit",
      [..."abcdef"].map((name) => [name, "1"] as const),
      "a=1,b=1,c=1,d=1,",
      ["labels of samples", "labelsPerSeries", 7],
    ],
  ])("%s is left out", (_what, sample, kept, told) => {
    const drops = new LabelDrops();
    expect(text(withSampleLabels([["own", "1"]], sample, SMALL, drops))).toBe(`${kept}own=1`);
    expect(shown(drops.notes())).toEqual(told === null ? [] : [["label_dropped", ...told]]);
  });

  it("is noted once, however many there are", async () => {
    const samples = Array.from({ length: 500 }, (_, i) => ({
      stack: ["f"],
      values: [1],
      labels: { id: `${i}${"x".repeat(20)}`, [`name${i}_of_many`]: "1", "": "v", region: "eu" },
    }));
    const profile = pprofOf({ types: ["samples/count"], samples });
    const upload = await decoded(await multipart("name=app{region=us}", { profile }), { limits: SMALL });
    expect(shown(upload.notes)).toEqual([
      ["label_dropped", "label id, and 499 more", "labelValueBytes", 21],
      ["label_dropped", "label name0_of_many, and 499 more", "labelNameBytes", 13],
      ["label_dropped", "a label without a name", null, null],
      ["label_dropped", "label region of samples", null, null],
    ]);
  });
});

describe("the labels of a recording", () => {
  const jfr = new Uint8Array(gunzipSync(readFileSync(join(import.meta.dirname, "../fixtures/jfr/openjdk-17.jfr.gz"))));

  it.each([
    ["are no protobuf", new TextEncoder().encode("region=eu")],
    ["are cut off", new Uint8Array(message([2, message([1, 1n], [2, "region"])]).subarray(0, 7))],
    ["are a broken gzip", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3)],
  ])("cost it nothing when they %s", async (_what, labels) => {
    const alone = await decoded(await multipart("name=app&format=jfr", { jfr }));
    const upload = await decoded(await multipart("name=app&format=jfr", { jfr, labels }));
    expect(upload.series).toEqual(alone.series);
    expect(shown(upload.notes)).toEqual([["label_dropped", "the part labels", null, null]]);
  });
});

describe("a label of a pushed series", () => {
  const pair = (name: string, value: string) => [1, message([1, name], [2, value])] as const;
  const own = [pair("__name__", "cpu"), pair("service_name", "shop")];
  const named = (...pairs: (readonly [number, Uint8Array])[]) => {
    const [series] = pushOfBytes(message([1, message(...pairs)]), SMALL);
    return namePushSeries(series ?? { labels: [], labelCount: 0 }, SMALL);
  };

  it.each<[string, (readonly [number, Uint8Array])[], string, Told]>([
    ["without a name", [pair("", "1"), pair("c", "2")], "c=2", ["a label without a name", null, null]],
    ["with a long name", [pair("abcdefghi", "1"), pair("c", "2")], "c=2", ["label abcdefghi", "labelNameBytes", 9]],
    ["with a long value", [pair("a", "1234567890123")], "", ["label a", "labelValueBytes", 13]],
    ["sent twice", [pair("c", "1"), pair("c", "2")], "c=2", ["label c", null, null]],
    [
      "too many",
      [..."abcd"].map((name) => pair(name, "1")),
      "a=1,b=1,c=1",
      ["the series' labels", "labelsPerSeries", 6],
    ],
  ])("%s costs the profile nothing", (_what, pairs, kept, told) => {
    const naming = named(...own, ...pairs);
    expect([naming.service, naming.metric, text(naming.labels)]).toEqual(["shop", "cpu", kept]);
    expect(shown(naming.notes)).toEqual([["label_dropped", ...told]]);
  });

  it("far beyond all limits costs it neither, wherever its names stand", () => {
    const many = Array.from({ length: 3000 }, (_, i) => pair(`l${i}`, "1"));
    for (const pairs of [
      [...own, ...many],
      [...many, pair("service_name", "other"), ...own, ...many],
    ]) {
      const naming = named(...pairs);
      expect([naming.service, naming.metric]).toEqual(["shop", "cpu"]);
      expect(naming.labels.length).toBe(SMALL.labelsPerSeries - 2);
      expect(shown(naming.notes)).toContainEqual([
        "label_dropped",
        "the series' labels",
        "labelsPerSeries",
        pairs.length,
      ]);
    }
  });
});
