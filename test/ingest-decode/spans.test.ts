// What of a profile is known by a span: a part of its series, to the unit, however samples and labels lie.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS, type Limits } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { DEFAULT_CONFIGS } from "../../src/ingest/sample-type-config.ts";
import { splitSeries } from "../../src/ingest/split-series.ts";
import { planPprof } from "../../src/ingest/type-plan.ts";
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import { labelsText } from "../../src/profile/labels.ts";
import type { Profile } from "../../src/profile/profile.ts";
import {
  SPAN_LABELS,
  spanIdOf,
  spanKey,
  spanOfLabels,
  splitSpan,
  traceIdOf,
  withSpan,
} from "../../src/profile/spans.ts";
import { encodeUpload, openBatch } from "../../src/segment/batch.ts";
import { readVector, type VectorPairs } from "../../src/segment/vector.ts";
import { withoutUploads } from "../../src/segment/without-uploads.ts";
import { type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";

const SPANS = ["00f067aa0ba902b7", "B7AD6B7169203331", "0000000000000001"] as const;
const TRACES = ["4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"] as const;

const profileOf = (samples: readonly PlainSample[], limits: Limits = LIMITS) =>
  decodePprof(pprofOf({ types: ["samples/count", "cpu/nanoseconds"], samples }), {
    limits,
    ignoredLabels: SPAN_LABELS,
  })!;

function seriesOf(samples: readonly PlainSample[], limits: Limits = LIMITS) {
  const profile = profileOf(samples, limits);
  const plan = planPprof(profile, DEFAULT_CONFIGS, { spyName: "", sampleRate: null }, "process_cpu");
  const drops = new LabelDrops();
  const series = splitSeries(profile, plan, (labels) => labels, limits, drops);
  return { profile, series, notes: drops.notes() };
}

/** Values by node. */
function addTo(sums: Map<number, bigint>, { nodes, low, high }: VectorPairs, sign = 1n): Map<number, bigint> {
  for (const [i, node] of nodes.entries()) {
    const value = BigInt(low[i]!) + (high === null ? 0n : BigInt(high[i]!) << 52n);
    sums.set(node, (sums.get(node) ?? 0n) + sign * value);
  }
  return sums;
}
const positive = (sums: Map<number, bigint>) => [...sums].filter(([, value]) => value !== 0n).sort(([a], [b]) => a - b);

const anySample = fc.record({
  stack: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }),
  values: fc.tuple(fc.bigInt(0n, 9n), fc.bigInt(0n, 2n ** 55n)),
  region: fc.constantFrom("", "eu", "us"),
  span: fc.constantFrom("", "no id", ...SPANS),
  trace: fc.constantFrom("", ...TRACES),
});

describe("spans of a profile", () => {
  it("and the samples of none add up to the whole, series by series", () => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 30 }), fc.constantFrom("span_id", "profile_id"), (list, name) => {
        const plain = list.map(
          ({ stack, values, region, span, trace }): PlainSample => ({
            stack,
            values,
            labels: { ...(region && { region }), ...(span && { [name]: span }), ...(trace && { trace_id: trace }) },
          }),
        );
        const { series } = seriesOf(plain);
        // The same samples without those of spans.
        const rest = list.map((one, i): PlainSample => {
          const isOfSpan = spanKey(one.span, one.trace) !== null;
          return { ...plain[i]!, values: isOfSpan ? [0, 0] : one.values };
        });
        const others = new Map(seriesOf(rest).series.map((one) => [`${one.type.id} ${labelsText(one.labels)}`, one]));
        const wholeTotal = new Map<string, bigint>();
        const partTotal = new Map<string, bigint>();
        for (const one of series) {
          const key = `${one.type.id} ${labelsText(one.labels)}`;
          const left = addTo(new Map(), one);
          for (const span of one.spans ?? []) addTo(left, span, -1n);
          for (const [, value] of left) expect(value).toBeGreaterThanOrEqual(0n);
          wholeTotal.set(
            key,
            positive(left).reduce((sum, [, value]) => sum + value, 0n),
          );
          const other = others.get(key);
          if (other !== undefined)
            partTotal.set(
              key,
              [...addTo(new Map(), other).values()].reduce((a, b) => a + b, 0n),
            );
        }
        for (const [key, value] of wholeTotal) expect(value).toBe(partTotal.get(key) ?? 0n);
      }),
    );
  });

  it("takes ids of 16 and 32 digits, in lower case, and the older name where there is no newer", () => {
    const samples = [
      { stack: ["a"], values: [1, 1], labels: { span_id: SPANS[1], trace_id: TRACES[0] } },
      { stack: ["a"], values: [2, 2], labels: { profile_id: SPANS[0] } },
      { stack: ["a"], values: [4, 4], labels: { profile_id: SPANS[0], span_id: SPANS[2] } },
      { stack: ["a"], values: [8, 8], labels: { trace_id: TRACES[1] } },
      { stack: ["a"], values: [16, 16], labels: { span_id: "0".repeat(16), trace_id: "7" } },
    ];
    const [series] = seriesOf(samples).series;
    expect(series?.low).toEqual(Float64Array.of(31));
    expect(series?.spans?.map(({ span, low }) => [traceIdOf(span), spanIdOf(span), low[0]])).toEqual([
      [TRACES[0], SPANS[1].toLowerCase(), 1],
      ["", SPANS[0], 2],
      ["", SPANS[2], 4],
      [TRACES[1], "", 8],
    ]);
  });

  it("keeps so many spans, and says of how many samples the span was left out", () => {
    const samples = SPANS.map((span): PlainSample => ({ stack: ["a"], values: [1, 1], labels: { span_id: span } }));
    const { profile, series } = seriesOf(samples, { ...LIMITS, spansPerUpload: 2 });
    expect(series.map(({ spans = [], low }) => [spans.length, low[0]])).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(profile.notes).toEqual([
      expect.objectContaining({ kind: "spans_dropped", subject: "1 sample", allowed: 2 }),
    ]);
    expect(seriesOf(samples, { ...LIMITS, spansPerUpload: 0 }).series[0]?.spans).toBeUndefined();
  });
});

it.each([
  [2, 2, "2 samples"],
  [1, 1, "3 samples"],
  [0, 0, "4 samples"],
])(
  "keeps %i spans that only labels name, and says of how many samples the span was left out",
  (most, kept, subject) => {
    const labelSets = [[], ...SPANS.map((span) => [["span_id", span]] as const)];
    const profile: Profile = {
      ...profileOf([1, 2, 3, 4, 5].map((value) => ({ stack: ["a"], values: [value, 0] }))),
      labelSets,
      sampleLabels: Int32Array.of(1, 2, 3, 0, 3),
    };
    const limits = { ...LIMITS, spansPerUpload: most };
    const drops = new LabelDrops();
    const plan = planPprof(profile, DEFAULT_CONFIGS, { spyName: "", sampleRate: null }, "process_cpu");
    const [series] = splitSeries(profile, plan, () => [], limits, drops);
    expect([series?.low[0], series?.spans?.length ?? 0]).toEqual([15, kept]);
    expect(drops.notes()).toEqual([expect.objectContaining({ kind: "spans_dropped", subject, allowed: most })]);
  },
);

it("counts a span for every series it has samples in", () => {
  const regions = Array.from({ length: 20 }, (_, i) => `r${i}`);
  const samples = regions.flatMap((region) =>
    SPANS.map((span): PlainSample => ({ stack: ["a"], values: [1, 1], labels: { region, span_id: span } })),
  );
  const { series, notes } = seriesOf(samples, { ...LIMITS, spansPerUpload: 7 });
  const ofType = series.filter(({ type }) => type.id.includes(":samples:"));
  expect(ofType.map(({ low }) => low[0])).toEqual(regions.map(() => 3));
  expect(ofType.reduce((sum, { spans = [] }) => sum + spans.length, 0)).toBe(7);
  expect(notes).toEqual([expect.objectContaining({ kind: "spans_dropped", subject: "53 samples", allowed: 7 })]);
  expect(seriesOf(samples).notes).toEqual([]);
});

describe("a batch", () => {
  const upload = (samples: readonly PlainSample[]) => {
    const { profile, series } = seriesOf(samples);
    return encodeUpload(profile.stacks, 1_700_000_000, series);
  };

  it("carries spans, and without them is as it was", () => {
    const sample = { stack: ["a", "b"], values: [1n, 2n ** 60n] };
    const labels = { span_id: SPANS[0], trace_id: TRACES[0] };
    const [plain, withSpans] = [upload([sample]), upload([{ ...sample, labels }])];
    expect([plain[1], withSpans[1]]).toEqual([2, 3]);
    const batch = openBatch(withSpans);
    const found = batch.spans.map(({ upload: of, series, span, at, end }) => {
      const { low, high } = readVector(new ByteReader(batch.bytes, at, end));
      return [of, batch.series[series]?.typeId.split(":")[1], span, BigInt(low[0]!) + (BigInt(high?.[0] ?? 0) << 52n)];
    });
    expect(found).toEqual([
      [0, "samples", TRACES[0] + SPANS[0], 1n],
      [0, "cpu", TRACES[0] + SPANS[0], 2n ** 60n],
    ]);
    expect(openBatch(withoutUploads(withSpans, () => false)).spans).toEqual([]);
    expect(openBatch(withoutUploads(withSpans, () => true)).spans.length).toBe(2);
  });

  it("whose spans are cut off is corrupt", () => {
    const bytes = upload([{ stack: ["a"], values: [1, 1], labels: { span_id: SPANS[0] } }]);
    for (let end = bytes.length - 40; end < bytes.length; end++)
      expect(() => openBatch(bytes.slice(0, end))).toThrow(/./);
  });
});

it("stands among labels of a series and is told apart again", () => {
  const labels = [
    ["region", "eu"],
    ["zone", "a"],
  ] as const;
  for (const key of [spanKey(SPANS[0], TRACES[0])!, spanKey(SPANS[0], undefined)!, spanKey(undefined, TRACES[0])!]) {
    const both = withSpan(labels, key);
    expect(spanOfLabels(both)).toBe(key);
    expect(splitSpan(both)).toEqual({ series: labels, span: spanIdOf(key), trace: traceIdOf(key) });
  }
});
