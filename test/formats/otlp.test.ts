// OTLP profiles: a real export of the eBPF profiler against what upstream makes of it, and under damage.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIMITS, type Limits } from "../../src/config.ts";
import { decodeOtlp } from "../../src/formats/otlp/decode.ts";
import { readOtlpProto } from "../../src/formats/otlp/read-request.ts";
import { serviceOf } from "../../src/formats/otlp/service-name.ts";
import { ProtobufReader } from "../../src/formats/protobuf.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { mutate, random } from "./mutations.ts";
import { decodeAll as decode, requestOfJson as fromJson, OPTIONS } from "./otlp-requests.ts";
import { concat } from "./pprof-bytes.ts";
import { stackPath } from "./stack-lines.ts";

interface Golden {
  readonly samples: readonly {
    readonly locations: readonly { readonly lines?: readonly string[] }[];
    readonly values: string;
  }[];
}

/** Number and bytes of each, with the tag: all are messages. */
function topFields(bytes: Uint8Array): [number, Uint8Array][] {
  const reader = new ProtobufReader(bytes);
  const fields: [number, Uint8Array][] = [];
  while (reader.at < reader.end) {
    const start = reader.at;
    const tag = reader.tag();
    const length = reader.length();
    reader.at += length;
    fields.push([tag >>> 3, bytes.subarray(start, reader.at)]);
  }
  return fields;
}

describeWithSharedData("an export of the eBPF profiler", (dataDir) => {
  const file = (name: string) => readFileSync(join(dataDir, "otlp", name));

  it("has the CPU stacks, nanoseconds and build ids that upstream finds", () => {
    const golden = JSON.parse(file("otel-ebpf-profile-cpu.out.json").toString()) as Golden;
    const expected = new Map<string, bigint>();
    for (const { locations, values } of golden.samples) {
      const names = locations.map(({ lines }) => (lines?.[0] ?? "").replace(/\[.*/, ""));
      const path = names.reverse().join(";");
      expected.set(path, (expected.get(path) ?? 0n) + BigInt(values));
    }
    const found = new Map<string, bigint>();
    const uploads = decode(readOtlpProto(new Uint8Array(file("otel-ebpf-profile.pb.bin"))));
    for (const { metric, profile } of uploads) {
      if (metric !== "process_cpu") continue;
      profile.sampleNodes.forEach((node, s) => {
        const path = stackPath(profile.stacks, node);
        found.set(path, (found.get(path) ?? 0n) + (profile.sampleValues[s] ?? 0n));
      });
      expect(profile.stacks.strings.internText("7b547e58a70dd26d821993906be478993a56599b")).toBeLessThan(
        profile.stacks.strings.count - 1,
      );
    }
    expect(found).toEqual(expected);
    expect([...found.values()].reduce((a, b) => a + b, 0n)).toBe(500_000_000n);
  });

  it("is taken a hundred times over in one request, and counts a hundred times", () => {
    const bytes = new Uint8Array(file("otel-ebpf-profile.pb.bin"));
    const fields = topFields(bytes);
    const resources = fields.filter(([number]) => number === 1).map(([, field]) => field);
    const dictionary = fields.filter(([number]) => number === 2).map(([, field]) => field);
    const sums = (body: Uint8Array) => {
      const found = new Map<string, bigint>();
      for (const { service, metric, profile } of decodeOtlp(readOtlpProto(body), OPTIONS)) {
        const sum = profile.sampleValues.reduce((all, value) => all + value, found.get(`${service} ${metric}`) ?? 0n);
        found.set(`${service} ${metric}`, sum);
      }
      return found;
    };
    const hundred = concat(...Array.from({ length: 100 }, () => resources).flat(), ...dictionary);
    expect(hundred.length).toBeGreaterThan(8_000_000);
    expect(sums(hundred)).toEqual(new Map([...sums(bytes)].map(([name, sum]) => [name, 100n * sum])));
  });

  it("is never more than refused, however it is damaged", () => {
    const bytes = new Uint8Array(file("otel-ebpf-profile.pb.bin"));
    const next = random(9);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 150; i++) {
      let result = "ok";
      try {
        decode(readOtlpProto(mutate(bytes, next)));
      } catch (error) {
        result = (error as { code?: string }).code ?? String(error);
      }
      counts[result] = (counts[result] ?? 0) + 1;
    }
    expect(
      Object.keys(counts).filter((key) => !["ok", "malformed_profile", "profile_too_large"].includes(key)),
    ).toEqual([]);
    expect(counts.ok).toBeGreaterThan(5);
    expect(counts.malformed_profile).toBeGreaterThan(5);
  });
});

describe("attributes that name their text by its row, as OTLP 1.10 has it", () => {
  const requestWith = (attribute: object, row: object = {}) => ({
    dictionary: {
      stringTable: ["", "service.name", "shop", "vehicle", "car"],
      attributeTable: [{}, { keyStrindex: 3, value: { stringValueStrindex: 4 } }, row],
      stackTable: [{}],
    },
    resourceProfiles: [
      {
        resource: { attributes: [attribute] },
        scopeProfiles: [{ profiles: [{ samples: [{ stackIndex: 0, values: ["1"], attributeIndices: [1, 2] }] }] }],
      },
    ],
  });
  const read = (request: object) => decode(fromJson(request));

  it.each([
    ["both", { keyStrindex: 1, value: { stringValueStrindex: 2 } }],
    ["the value alone", { key: "service.name", value: { stringValueStrindex: 2 } }],
    ["the only value of a list", { keyStrindex: 1, value: { arrayValue: { values: [{ stringValueStrindex: 2 }] } } }],
    ["neither", { key: "service.name", value: { stringValue: "shop" } }],
  ])("are read: %s", (_what, attribute) => {
    const uploads = read(requestWith(attribute));
    expect(uploads.map(({ service, profile }) => [service, profile.labelSets])).toEqual([
      ["shop", [[["vehicle", "car"]]]],
    ]);
  });

  it("are read from what the collector's exporter sent", () => {
    const sent = readFileSync(join(import.meta.dirname, "../fixtures/otlp/collector-0.162.pb.gz"));
    const [upload, ...more] = decode(readOtlpProto(inflateIfGzip(new Uint8Array(sent), LIMITS)));
    expect([more.length, upload?.service, upload?.labels]).toEqual([0, "orders", [["region", "us-west-1"]]]);
    expect(upload?.profile.labelSets.toSorted()).toEqual([[["vehicle", "bike"]], [["vehicle", "car"]]]);
  });

  it.each([
    ["the key of a resource's", requestWith({ keyStrindex: 5 })],
    ["the value of a resource's", requestWith({ key: "a", value: { stringValueStrindex: -1 } })],
    ["the value of a sample's", requestWith({}, { value: { stringValueStrindex: 99 } })],
  ])("are refused where there is no such row: %s", (_what, request) => {
    expect(() => read(request)).toThrow(expect.objectContaining({ code: "malformed_profile" }));
  });
});

it("calls a service by the first that there is of what the conventions for Kubernetes list", () => {
  const order = [
    ["service.name", "service.name"],
    ["k8s.deployment.name", "k8s.deployment.name"],
    ["k8s.replicaset.name", "k8s.replicaset.name"],
    ["k8s.statefulset.name", "k8s.statefulset.name"],
    ["k8s.daemonset.name", "k8s.daemonset.name"],
    ["k8s.cronjob.name", "k8s.cronjob.name"],
    ["k8s.job.name", "k8s.job.name"],
    ["k8s.pod.name", "k8s.pod.name"],
    ["k8s.container.name", "k8s.container.name"],
    ["process.executable.name", "unknown_service:process.executable.name"],
    ["host.name", "unknown_service"],
  ] as const;
  order.forEach(([, expected], first) => {
    // The best comes last, so that it is the order of the list that counts.
    const there = order.slice(first).reverse();
    const shared = new Map(there.map(([name]) => [name, name]));
    expect([serviceOf(new Map(), shared), serviceOf(shared, new Map())]).toEqual([expected, expected]);
  });
});

describe("a forged request", () => {
  const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
  const requestOf = (over: object, resourceProfiles: readonly object[]) =>
    fromJson({
      dictionary: {
        stringTable: ["", "f", "x".repeat(60_000)],
        functionTable: [{}, { nameStrindex: 1 }, { nameStrindex: 2 }],
        locationTable: [{}, { lines: many(20_000, { functionIndex: 1 }) }, { lines: [{ functionIndex: 2 }] }],
        stackTable: [{}, { locationIndices: many(200_000, 1) }, { locationIndices: [2] }],
        ...over,
      },
      resourceProfiles,
    });
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const servicesOf = (count: number, stackIndex: number) =>
    Array.from({ length: count }, (_, i) => ({
      resource: { attributes: [attribute("service.name", `s${i}`)] },
      scopeProfiles: [{ profiles: [{ samples: [{ stackIndex, values: [1] }] }] }],
    }));
  const attributes = Array.from({ length: 20_000 }, (_, i) => attribute(`a${i}`, "v"));

  it.each([
    ["many services share long names", requestOf({}, servicesOf(400, 2)), { inflatedBytes: 1_000_000 }],
    [
      "many scopes share many attributes",
      requestOf({}, [
        {
          resource: { attributes },
          scopeProfiles: many(20_000, { profiles: [{ samples: [{ stackIndex: 2, values: [1] }] }] }),
        },
      ]),
      {},
    ],
  ])("is refused where %s", (_what, request, limits) => {
    expect(() => decode(request, { ...LIMITS, ...limits })).toThrow(
      expect.objectContaining({ code: "profile_too_large" }),
    );
  });

  it("keeps the root side of a stack where few bytes name billions of frames", () => {
    const [upload] = decode(requestOf({}, servicesOf(1, 1)));
    expect(upload?.profile.stacks.nodes.count).toBe(1 + LIMITS.stackDepth);
    expect(upload?.profile.notes).toMatchObject([{ kind: "depth_truncated" }]);
  });

  it("of two services tells of a label that is too long only the one whose it is", () => {
    const dictionary = {
      stringTable: ["", "samples", "count", "service.name", "long"],
      attributeTable: [
        {},
        { keyStrindex: 3, value: { stringValue: "good" } },
        { keyStrindex: 3, value: { stringValue: "bad" } },
        { keyStrindex: 4, value: { stringValue: "v".repeat(3000) } },
      ],
    };
    const samples = [
      { attributeIndices: [1], values: ["1"] },
      { attributeIndices: [2, 3], values: ["2"] },
    ];
    const profile = { sampleType: { typeStrindex: 1, unitStrindex: 2 }, samples };
    const request = fromJson({ resourceProfiles: [{ scopeProfiles: [{ profiles: [profile] }] }], dictionary });
    expect(decode(request).map((one) => [one.service, one.profile.notes.map(({ kind }) => kind)])).toEqual([
      ["good", []],
      ["bad", ["label_dropped"]],
    ]);
  });

  it("has no label and no service whose text is too long", () => {
    const long = "v".repeat(LIMITS.labelValueBytes + 1);
    const samples = [{ stackIndex: 2, values: [1], attributeIndices: [1, 2] }];
    const request = requestOf(
      {
        stringTable: ["", "f", "g", "long", "short"],
        attributeTable: [
          {},
          { keyStrindex: 3, value: { stringValue: long } },
          { keyStrindex: 4, value: { stringValue: "v" } },
        ],
      },
      [{ resource: { attributes: [attribute("service.name", long)] }, scopeProfiles: [{ profiles: [{ samples }] }] }],
    );
    expect(decode(request).map(({ service, profile }) => [service, profile.labelSets])).toEqual([
      ["unknown_service", [[["short", "v"]]]],
    ]);
  });
});

it("knows the span that a sample links to, and takes a link that is not there for none", () => {
  const [trace, span] = ["5B8EFFF798038103D269B633813FC60C", "EEE19B7EC3C1B174"];
  const profiles = (linkIndices: readonly number[]) => ({
    dictionary: {
      stringTable: [""],
      stackTable: [{}],
      linkTable: [{}, { traceId: trace, spanId: span }, { traceId: trace }, { spanId: "none" }],
    },
    resourceProfiles: [
      { scopeProfiles: [{ profiles: [{ samples: linkIndices.map((linkIndex) => ({ linkIndex, values: ["1"] })) }] }] },
    ],
  });
  const spansOf = (limits: Limits, ...linkIndices: number[]) => {
    const [upload] = decode(fromJson(profiles(linkIndices)), limits);
    return upload!.profile;
  };
  const { spans } = spansOf(LIMITS, 0, 1, 2, 3, 9, 1);
  expect(spans?.keys).toEqual([`${trace}${span}`.toLowerCase(), `${trace.toLowerCase()}${"0".repeat(16)}`]);
  expect([...(spans?.ofSample ?? [])]).toEqual([-1, 0, 1, -1, -1, 0]);
  expect(spansOf(LIMITS, 0, 3).spans).toBeUndefined();
  const { notes, spans: few } = spansOf({ ...LIMITS, spansPerUpload: 1 }, 1, 2, 2);
  expect([few?.keys.length, notes.map(({ kind, subject }) => `${kind} ${subject}`)]).toEqual([
    1,
    ["spans_dropped 2 samples"],
  ]);
});
