import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { concat, type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";
import { stackPath } from "../formats/stack-lines.ts";
import { decoded, jsonPart, multipart, NOW, raw, SETTINGS, seriesLines, vectorLines } from "./upload.ts";

const cpu = (...samples: PlainSample[]) =>
  pprofOf({ types: ["samples/count", "cpu/nanoseconds"], period: ["cpu", "nanoseconds", 10_000_000], samples });
const CPU = cpu({ stack: ["main", "work"], values: [3, 30_000_000] });
const COUNTS = "process_cpu:samples:count:cpu:nanoseconds";
const TIME = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

describe("decodeUpload of pprof", () => {
  it("makes a series of every sample type, in the slot of from", async () => {
    const query = "name=app.cpu%7Bregion%3Dus%7D&from=1700000009&until=1700000019&spyName=gospy";
    const upload = await decoded(await multipart(query, { profile: CPU }));
    expect(upload.service).toBe("app.cpu");
    expect(upload.slot).toBe(1_700_000_000);
    expect(upload.notes).toEqual([]);
    expect(seriesLines(upload)).toEqual([`${COUNTS}{region=us} 3`, `${TIME}{region=us} 30000000`]);
    expect(upload.series.map((one) => vectorLines(upload, one))).toEqual([["main;work 3"], ["main;work 30000000"]]);
    expect(upload.series[0]?.labels).toEqual([
      ["pyroscope_spy", "gospy"],
      ["region", "us"],
    ]);
  });

  it.each([
    ["raw", raw("name=app&format=pprof", CPU, "binary/octet-stream")],
    ["raw and gzipped", raw("name=app&format=pprof", new Uint8Array(gzipSync(CPU)))],
    ["raw though the header says multipart", raw("name=app&format=pprof", CPU, "multipart/form-data; boundary=x")],
  ])("takes it %s", async (_how, request) => {
    expect(seriesLines(await decoded(request))).toEqual([`${COUNTS}{} 3`, `${TIME}{} 30000000`]);
  });

  it("splits by the samples' labels; the upload's own win", async () => {
    const profile = cpu(
      { stack: ["f"], values: [1, 10], labels: { vehicle: "car", region: "eu" } },
      { stack: ["f"], values: [2, 20], labels: { vehicle: "bike" } },
      { stack: ["f"], values: [4, 40] },
      { stack: ["g"], values: [8, 80], labels: { vehicle: "car" } },
    );
    const upload = await decoded(await multipart("name=app{region=us}", { profile }));
    expect(
      seriesLines(upload)
        .filter((line) => line.startsWith(COUNTS))
        .sort(),
    ).toEqual([`${COUNTS}{region=us,vehicle=bike} 2`, `${COUNTS}{region=us,vehicle=car} 9`, `${COUNTS}{region=us} 4`]);
  });

  it("never makes a series of a request, a session or a reserved label", async () => {
    const profile = cpu(
      { stack: ["f"], values: [1, 10], labels: { span_id: "1", profile_id: "2", trace_id: "3", __reserved: "4" } },
      { stack: ["f"], values: [2, 20], labels: { span_id: "5", service_name: "other" } },
    );
    const name = "app{__session_id__=1,__other=2,span_id=3,profile_id=4,empty=,otel.scope.name=x}";
    const upload = await decoded(await multipart(`name=${name}`, { profile }));
    expect(upload.service).toBe("app");
    expect(seriesLines(upload)).toEqual([`${COUNTS}{otel.scope.name=x} 3`, `${TIME}{otel.scope.name=x} 30`]);
  });

  it("takes service_name for the service, and the app name for nothing", async () => {
    const upload = await decoded(await multipart("name=app.cpu{service_name=orders}", { profile: CPU }));
    expect(upload.service).toBe("orders");
    expect(seriesLines(upload)).toEqual([`${COUNTS}{} 3`, `${TIME}{} 30000000`]);
  });

  it("drops labels that are too long or too many, and says so", async () => {
    const limits = { ...LIMITS, labelValueBytes: 12, labelNameBytes: 3, labelsPerSeries: 4 };
    const query = "name=app{a=1,b=123456789abcd,long=1,c=1,d=1}&spyName=gospy";
    const profile = cpu({ stack: ["f"], values: [1, 1], labels: { e: "1", f: "1" } });
    const upload = await decoded(await multipart(query, { profile }), { limits });
    expect(upload.series[0]?.labels.map(([name]) => name).join()).toBe("a,c,e,pyroscope_spy");
    expect(upload.notes.map(({ kind, subject, limit }) => [kind, subject, limit])).toEqual([
      ["label_dropped", "label b", "labelValueBytes"],
      ["label_dropped", "label long", "labelNameBytes"],
      ["label_dropped", "the series' labels", "labelsPerSeries"],
      ["label_dropped", "labels of samples", "labelsPerSeries"],
    ]);
  });

  it("drops a label of a file's own that is too long", async () => {
    const profile = { type: "sampled", unit: "none", startValue: 0, samples: [[0]], weights: [1] };
    const $schema = "https://www.speedscope.app/file-format-schema.json";
    const names = ["short", "n".repeat(LIMITS.labelValueBytes + 1)];
    const file = {
      $schema,
      shared: { frames: [{ name: "f" }] },
      profiles: names.map((name) => ({ ...profile, name })),
    };
    const upload = await decoded(raw("name=app&format=speedscope", JSON.stringify(file)));
    const labels = upload.series.map((one) => one.labels.find(([name]) => name === "profile_name")?.[1]?.length);
    expect(labels).toContain(5);
    expect(labels.filter((length) => length !== undefined && length > 5)).toEqual([]);
  });

  it("stores the difference of cumulative types when the previous profile comes along, others as sent", async () => {
    const heap = (...values: number[]) =>
      pprofOf({
        types: ["alloc_objects/count", "inuse_space/bytes"],
        samples: [
          { stack: ["main", "a"], values },
          { stack: ["main", "b"], values: [5, 50] },
        ],
      });
    const sent = await decoded(await multipart("name=app", { profile: heap(30, 300) }));
    expect(seriesLines(sent)).toEqual(["memory:alloc_objects:count::{} 35", "memory:inuse_space:bytes::{} 350"]);
    const upload = await decoded(await multipart("name=app", { profile: heap(30, 300), prev_profile: heap(10, 100) }));
    expect(seriesLines(upload).sort()).toEqual([
      "memory:alloc_objects:count::{} 20",
      "memory:inuse_space:bytes::{} 350",
    ]);
    const same = await decoded(await multipart("name=app", { profile: heap(30, 300), prev_profile: heap(30, 100) }));
    expect(seriesLines(same)).toEqual(["memory:inuse_space:bytes::{} 350"]);
    const config = { profile: heap(30, 300), prev_profile: heap(10, 100), sample_type_config: jsonPart({}) };
    expect(seriesLines(await decoded(await multipart("name=app", config)))).toEqual(seriesLines(sent));
  });

  it("keeps no spans of what is a difference: they were counted before", async () => {
    const heap = (count: number) => {
      const labels = { span_id: "00f067aa0ba902b7" };
      const samples = [{ stack: ["main", "a"], values: [count, 300], labels }];
      return pprofOf({ types: ["alloc_objects/count", "inuse_space/bytes"], samples });
    };
    const spansOf = async (parts: Parameters<typeof multipart>[1]) =>
      (await decoded(await multipart("name=app", parts))).series.map(({ type, spans = [] }) => [
        type.id.split(":")[1],
        spans.length,
      ]);
    expect(await spansOf({ profile: heap(30) })).toEqual([
      ["alloc_objects", 1],
      ["inuse_space", 1],
    ]);
    expect(Object.fromEntries(await spansOf({ profile: heap(30), prev_profile: heap(10) }))).toEqual({
      alloc_objects: 0,
      inuse_space: 1,
    });
  });

  it.each([
    ["a part without a file name", { profile: "text" }],
    ["no profile part", { other: CPU }],
    ["an empty part", { profile: new Uint8Array(0) }],
    ["a profile without samples", { profile: cpu() }],
    ["a profile of zeros", { profile: cpu({ stack: ["f"], values: [0, 0] }) }],
    ["an empty gzip", { profile: new Uint8Array(gzipSync("")) }],
  ])("stores nothing for %s", async (_what, parts) => {
    expect(await decodeUpload(await multipart("name=app", parts as never), SETTINGS)).toBeNull();
  });

  it("takes the first of two parts with one name", async () => {
    const form = new FormData();
    form.append("profile", new File([CPU], "1"));
    form.append("profile", new File([Uint8Array.of(1)], "2"));
    const response = new Response(form);
    const body = new Uint8Array(await response.arrayBuffer());
    const request = raw("name=app", body, response.headers.get("content-type") ?? "");
    expect(seriesLines(await decoded(request)).length).toBe(2);
  });

  it("refuses sums above 2^63 - 1, too many series and too large a body", async () => {
    const most = 2n ** 63n - 1n;
    const huge = cpu({ stack: ["f"], values: [most, 1] }, { stack: ["g"], values: [1, 1] });
    const request = await multipart("name=app", { profile: huge });
    await expect(decoded(request)).rejects.toMatchObject({
      code: "profile_too_large",
      facts: { limit: "totalOfType" },
    });
    const few = { limits: { ...LIMITS, seriesPerUpload: 1 } };
    const series = await multipart("name=app", { profile: CPU });
    await expect(decoded(series, few)).rejects.toMatchObject({ facts: { limit: "seriesPerUpload", actual: 2 } });
    await expect(decoded(series, { limits: { ...LIMITS, bodyBytes: 10 } })).rejects.toMatchObject({
      code: "body_too_large",
      message: expect.stringMatching(/^request body too large:/),
    });
  });

  it.each([
    ["no form at all", raw("name=app", "abc", "multipart/form-data; boundary=x")],
    ["a form without boundary", raw("name=app", "abc", "multipart/form-data")],
    ["bytes that are no pprof", raw("name=app&format=pprof", "no pprof")],
  ])("refuses %s", async (_what, request) => {
    await expect(decoded(request)).rejects.toMatchObject({ code: "malformed_profile" });
  });

  it("refuses a malformed config", async () => {
    const request = await multipart("name=app", { profile: CPU, sample_type_config: jsonPart([]) });
    await expect(decoded(request)).rejects.toMatchObject({ code: "malformed_profile" });
  });

  it.each([
    ["pyspy", "app.py", "app.py f"],
    ["pyspy", "/app.py", "f"],
    ["rbspy", "/app.rb", "/app.rb f"],
    ["scripting", "app.x", "app.x f"],
    ["gospy", "app.go", "f"],
  ])("names functions for %s in %s: %s", async (spyName, file, name) => {
    const profile = pprofOf({ types: ["samples/count"], file, samples: [{ stack: ["f"], values: [1] }] });
    const upload = await decoded(await multipart(`name=app&spyName=${spyName}`, { profile }));
    expect(upload.series.map((one) => vectorLines(upload, one))).toEqual([[`${name} 1`]]);
  });

  it("mends .NET's dashes in types and in the config that belongs to them", async () => {
    const profile = pprofOf({ types: ["inuse-space/bytes"], samples: [{ stack: ["f"], values: [1] }] });
    const sample_type_config = jsonPart({ "inuse-space": { "display-name": "inuse_space", aggregation: "average" } });
    for (const spy of ["spyName=dotnetspy", ""]) {
      const upload = await decoded(await multipart(`name=app&${spy}`, { profile, sample_type_config }));
      expect(upload.series[0]?.type).toMatchObject({
        id: "memory:inuse_space:bytes::",
        oldSuffix: "inuse_space",
        aggregation: "average",
      });
    }
    await expect(decoded(await multipart("name=app", { profile }))).rejects.toThrow("sample type contains -");
  });
});

describe("decodeUpload of text", () => {
  it("stores CPU samples as counts and as time", async () => {
    const upload = await decoded(raw("name=app.cpu{a=1}&sampleRate=97&from=1700000000", "main;work 3\nmain 1\n"));
    expect(upload.service).toBe("app");
    expect(seriesLines(upload)).toEqual([`${COUNTS}{a=1} 4`, `${TIME}{a=1} ${4 * 10_309_278}`]);
    expect(upload.series.map(({ type }) => type.sampleRate)).toEqual([97, 97]);
  });

  it.each([
    ["app", `${COUNTS}{} 922337203686`],
    ["app.wall", "wall:samples:count:cpu:nanoseconds{} 922337203686"],
  ])("keeps the counts of %s whose time passes 2^63 nanoseconds, and says so", async (name, line) => {
    const upload = await decoded(raw(`name=${name}`, "main 922337203686\n"));
    expect(seriesLines(upload)).toEqual([line]);
    expect(upload.notes).toMatchObject([{ kind: "samples_dropped", limit: "totalOfType" }]);
  });

  it("keeps the app name as a label when service_name wins", async () => {
    const upload = await decoded(raw("name=app.alloc_space{service_name=orders}&units=bytes", "main 1024\n"));
    expect(upload.service).toBe("orders");
    expect(seriesLines(upload)).toEqual(["memory:alloc_space:bytes::{app_name=app} 1024"]);
    expect(upload.series[0]?.type.units).toBe("bytes");
  });

  it.each([
    ["nothing", "name=app", ""],
    ["lines that are no stacks", "name=app", "hello\nworld\n"],
    ["the stacks of one request", "name=app{profile_id=1}", "main 1\n"],
  ])("stores nothing for %s", async (_what, query, text) => {
    expect(await decodeUpload(raw(query, text), SETTINGS)).toBeNull();
  });

  it("goes into the slot of receipt when from makes no sense, and says so", async () => {
    const upload = await decoded(raw("name=app&from=0&until=10", "main 1\n"));
    expect(upload.slot).toBe(NOW);
    expect(upload.notes).toMatchObject([{ kind: "time_replaced" }]);
  });

  it("takes gzip, which no text is", async () => {
    const body = new Uint8Array(gzipSync("main 1\n"));
    expect(seriesLines(await decoded(raw("name=app", concat(body))))[0]).toBe(`${COUNTS}{} 1`);
  });
});

describe("the switches of a tenant", () => {
  const named = (name: string, file: string) =>
    pprofOf({ types: ["cpu/nanoseconds"], file, samples: [{ stack: [name], values: [1] }] });
  const stackOf = async (query: string, body: Uint8Array<ArrayBuffer>, settings: object) => {
    const upload = await decodeUpload(raw(query, body), { ...SETTINGS, ...settings });
    return upload === null ? "" : stackPath(upload.stacks, upload.series[0]?.nodes[0] ?? 0);
  };

  it.each([
    ["scriptFileNames", "name=a&format=pprof&spyName=rbspy", named("run", "app.rb"), "app.rb run", "run"],
    ["goRepair", "name=a&format=pprof", named("pkg.F[go.shape.int]", "main.go"), "pkg.F[...]", "pkg.F[go.shape.int]"],
  ])("%s says whether names are mended", async (name, query, body, on, off) => {
    expect(await stackOf(query, body, { [name]: true })).toContain(on);
    expect(await stackOf(query, body, { [name]: false })).toBe(off);
    expect(await stackOf(query, body, { [name]: true })).not.toBe(off);
  });

  it("dotnetIds says whether an old .NET profile is mended or refused", async () => {
    const body = pprofOf({ types: ["inuse-space/bytes"], samples: [{ stack: ["main"], values: [1] }] });
    const query = "name=a&format=pprof&spyName=dotnetspy";
    const upload = await decodeUpload(raw(query, body), SETTINGS);
    expect(upload?.series[0]?.type.id).toContain("inuse_space");
    await expect(decodeUpload(raw(query, body), { ...SETTINGS, dotnetIds: false })).rejects.toThrow(/contains -/);
  });
});
