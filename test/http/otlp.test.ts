// OTLP over HTTP: what exporters send, the answers that they expect, and that a request counts once.
import { describe, expect, it } from "vitest";
import type { ServicesResponse } from "../../src/api/services.ts";
import { DAY_SECONDS, LIMITS } from "../../src/config.ts";
import { clock, standStill, T0 } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();

const PATHS = [
  "/v1development/profiles",
  "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
] as const;

interface Options {
  readonly service?: string | null;
  readonly resource?: readonly object[];
  readonly sampleService?: string;
  readonly values?: readonly (string | number)[];
  readonly time?: number;
}

/** main → hot, three samples of 10 ms. */
function exportOf({ service = "shop", resource = [], sampleService, values = ["3"], time = T0 }: Options = {}) {
  const attributes = [
    ...(service === null ? [] : [{ key: "service.name", value: { stringValue: service } }]),
    { key: "region", value: { stringValue: "eu" } },
    ...resource,
  ];
  return {
    resourceProfiles: [
      {
        resource: { attributes },
        scopeProfiles: [
          {
            profiles: [
              {
                sampleType: { typeStrindex: 1, unitStrindex: 2 },
                periodType: { typeStrindex: 3, unitStrindex: 4 },
                period: "10000000",
                timeUnixNano: `${time}000000000`,
                samples: [{ stackIndex: 1, values, attributeIndices: sampleService === undefined ? [] : [1] }],
              },
            ],
          },
        ],
      },
    ],
    dictionary: {
      stringTable: ["", "samples", "count", "cpu", "nanoseconds", "main", "hot", "service.name"],
      functionTable: [{}, { nameStrindex: 5 }, { nameStrindex: 6 }],
      locationTable: [{}, { lines: [{ functionIndex: 1 }] }, { lines: [{ functionIndex: 2, line: "7" }] }],
      stackTable: [{}, { locationIndices: [2, 1] }],
      attributeTable: [{}, { keyStrindex: 7, value: { stringValue: sampleService ?? "" } }],
      mappingTable: [{}],
      linkTable: [{}],
    },
  };
}

const send = (body: unknown, path: string = PATHS[0], type = "application/json") =>
  call(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": type } });

async function collapsed(service: string, labels = ""): Promise<string> {
  const query = `process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="${service}"${labels}}`;
  const params = new URLSearchParams({ query, from: String(T0), until: String(T0 + 10), format: "collapsed" });
  return (await call(`/render?${params}`)).text();
}

describe("an OTLP export", () => {
  it("says which attributes of its resource are too long to be labels", async () => {
    const long = { key: "build.flags", value: { stringValue: "x".repeat(LIMITS.labelValueBytes + 1) } };
    const response = await send(exportOf({ service: "long-attribute", resource: [long] }));
    expect(response.status).toBe(200);
    expect(JSON.parse(response.headers.get("edgeflame-notes") ?? "[]")).toMatchObject([
      {
        kind: "label_dropped",
        subject: "label build.flags",
        limit: "labelValueBytes",
        actual: LIMITS.labelValueBytes + 1,
      },
    ]);
    expect(await collapsed("long-attribute")).toBe("main;hot 30000000\n");
  });

  it.each<[string, object[], object]>([
    ["without a name", [{ key: "", value: { stringValue: "x" } }], { subject: "a label without a name" }],
    [
      "with two values",
      [{ key: "region", value: { stringValue: "us" } }],
      { subject: "label region", advice: expect.stringContaining("first was kept") },
    ],
    [
      "with a name too long",
      [{ key: "k".repeat(LIMITS.labelNameBytes + 1), value: { stringValue: "x" } }],
      { limit: "labelNameBytes", actual: LIMITS.labelNameBytes + 1 },
    ],
    [
      "beyond those that a series may have",
      Array.from({ length: LIMITS.labelsPerSeries }, (_, i) => ({ key: `k${i}`, value: { stringValue: "x" } })),
      { limit: "labelsPerSeries" },
    ],
  ])("is stored without an attribute %s, which is noted once", async (what, resource, note) => {
    const service = `label ${what}`;
    const response = await send(exportOf({ service, resource }));
    expect(response.status).toBe(200);
    const notes = JSON.parse(response.headers.get("edgeflame-notes") ?? "[]");
    expect(notes).toMatchObject([{ kind: "label_dropped", ...note }]);
    expect(await collapsed(service)).toBe("main;hot 30000000\n");
  });

  it("of a service without a name is offered under a query that reads it", async () => {
    const service = "unknown_service:shop";
    await send(exportOf({ service }));
    const { services } = (await (await call("/api/services")).json()) as ServicesResponse;
    const types = services.find(({ name }) => name === service)?.types;
    expect(types).toMatchObject([
      { id: "process_cpu:cpu:nanoseconds:cpu:nanoseconds", oldName: "unknown_service:shop.cpu", label: "cpu" },
    ]);
    expect(await collapsed(service)).toBe("main;hot 30000000\n");
  });

  it("is listed by the old API under names that it can be asked for, and under no others", async () => {
    for (const service of ["unknown_service:old", "with:colon", "with space"]) await send(exportOf({ service }));
    const list = (await (await call("/api/apps")).json()) as { name: string }[];
    const names = list.map(({ name }) => name).filter((name) => /:old|with/.test(name));
    expect(names).toEqual(["unknown_service:old.cpu"]);
    for (const { name } of list) {
      const params = new URLSearchParams({ query: `${name}{}`, from: String(T0), until: String(T0 + 10) });
      const response = await call(`/render?${params}`);
      const { flamebearer } = (await response.json()) as { flamebearer: { numTicks: number } };
      expect([name, response.status, flamebearer.numTicks]).toEqual([name, 200, 30_000_000]);
    }
  });

  it.each(PATHS)("is stored by %s, with its resource's labels", async (path) => {
    const service = `shop-${PATHS.indexOf(path)}`;
    const response = await send(exportOf({ service }), path);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "application/x-protobuf",
      "",
    ]);
    expect(await collapsed(service, ',region="eu"')).toBe("main;hot 30000000\n");
    expect(await collapsed(service, ',region="us"')).toBe("");
  });

  it("counts once when it is sent again within five minutes, and the answer says so", async () => {
    const body = exportOf({ service: "again" });
    const duplicates: (string | null)[] = [];
    for (const later of [0, 1, 298, 2]) {
      clock.now += later;
      const response = await send(body);
      expect(response.status).toBe(200);
      duplicates.push(response.headers.get("edgeflame-duplicate"));
    }
    expect(duplicates).toEqual([null, "1", "1", null]);
    expect(await collapsed("again")).toBe("main;hot 60000000\n");
  });

  const executable = { key: "process.executable.name", value: { stringValue: "nginx" } };
  const deployment = { key: "k8s.deployment.name", value: { stringValue: "checkout" } };
  it.each([
    ["its sample's service", { service: "res", sampleService: "own" }, "own"],
    ["its resource's service", { service: "res" }, "res"],
    ["its deployment", { service: null, resource: [executable, deployment] }, "checkout"],
    ["its executable", { service: null, resource: [executable] }, "unknown_service:nginx"],
    ["nothing that anybody knows", { service: null }, "unknown_service"],
  ])("is known by %s", async (_what, options, expected) => {
    expect((await send(exportOf(options))).status).toBe(200);
    expect(await collapsed(expected)).toBe("main;hot 30000000\n");
  });

  it.each([
    ["no time", 0, { subject: "no time_unix_nano" }],
    ["a time before 2000", 86_400, { subject: "from=86400 is before 2000" }],
    ["a time ahead", T0 + 2 * DAY_SECONDS, { limit: "tooNewSeconds" }],
    ["a time beyond 63 bits", 2 ** 34, { limit: "tooNewSeconds" }],
  ])("with %s is stored at the time of receipt each time that it comes, which is noted", async (what, time, note) => {
    const service = `timeless ${what}`;
    for (let i = 0; i < 2; i++) {
      const response = await send(exportOf({ service, time }));
      expect([response.status, response.headers.get("edgeflame-duplicate")]).toEqual([200, null]);
      const notes = JSON.parse(response.headers.get("edgeflame-notes") ?? "[]");
      expect(notes).toMatchObject([{ kind: "time_replaced", ...note }]);
    }
    expect(await collapsed(service)).toBe("main;hot 60000000\n");
  });

  it.each(["zstd", "deflate", "snappy"])("compressed with %s is refused by the name of the encoding", async (name) => {
    const response = await call(PATHS[0], {
      method: "POST",
      body: "(\xb5/\xfd",
      headers: { "content-type": "application/x-protobuf", "content-encoding": name },
    });
    expect([response.status, await response.text()]).toEqual([415, expect.stringContaining(`"${name}"`)]);
  });

  it("of more profile types than an app may have is refused by name of the limit, but for what the app knows", async () => {
    expect((await send(exportOf({ service: "many-types" }))).status).toBe(200);
    const body = exportOf({ service: "many-types", time: T0 + 1 });
    const [profile] = body.resourceProfiles[0]?.scopeProfiles[0]?.profiles ?? [];
    if (profile === undefined) throw new Error("no profile");
    const first = body.dictionary.stringTable.length;
    for (let i = 0; i < 600; i++) body.dictionary.stringTable.push(`type${i}`);
    body.resourceProfiles[0]?.scopeProfiles[0]?.profiles.push(
      ...Array.from({ length: 600 }, (_, i) => ({
        ...profile,
        sampleType: { typeStrindex: first + i, unitStrindex: 2 },
      })),
    );
    const response = await send(body);
    expect([response.status, await response.text()]).toEqual([
      413,
      expect.stringMatching(/limit typesPerApp is 500; .*; see .*\/docs\/limits\.md#typesPerApp\n$/),
    ]);
    expect((await send(exportOf({ service: "many-types", values: ["4"] }))).status).toBe(200);
    expect(await collapsed("many-types")).toBe("main;hot 100000000\n");
  });

  const broken = (change: (body: ReturnType<typeof exportOf>) => void) => {
    const body = exportOf({ service: "broken" });
    change(body);
    return body;
  };
  it.each([
    ["another content type", exportOf(), "text/plain", 415],
    ["no JSON", "{", "application/json", 400],
    ["a list", [], "application/json", 400],
    ["no dictionary", { resourceProfiles: exportOf().resourceProfiles }, "application/json", 400],
    ["a stack that is not there", broken((b) => b.dictionary.stackTable.pop()), "application/json", 400],
    ["a string that is not there", broken((b) => (b.dictionary.stringTable.length = 3)), "application/json", 400],
    ["values that are no numbers", exportOf({ values: ["many"] }), "application/json", 400],
    ["a value whose time passes 63 bits", exportOf({ values: ["9223372036854775807"] }), "application/json", 400],
    ["a type with a colon", broken((b) => (b.dictionary.stringTable[1] = "sam:ples")), "application/json", 400],
    ["a type of 3 KB", broken((b) => (b.dictionary.stringTable[1] = "s".repeat(3000))), "application/json", 400],
    ["JSON that is said to be protobuf", exportOf(), "application/x-protobuf", 400],
  ])("of %s is refused in plain text, whole", async (_what, body, type, status) => {
    const response = await send(body, PATHS[0], type);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/^.{10,}; .{10,}; see https?:\/\/[^ ]+\/docs\/[a-z]+\.md(#\w+)?\n$/);
    expect(await collapsed("broken")).toBe("");
  });
});
