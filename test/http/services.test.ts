// The services beside the querier through the whole Worker: each row of the cases over protobuf and JSON, verbs and types, and what
// recording rules make of profiles.
import { env } from "cloudflare:workers";
import { type DescMethodUnary, type DescService, fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { TENANT_LIMITS } from "../../src/config.ts";
import { AdHocProfileService } from "../../src/connect/gen/adhocprofiles/v1/adhocprofiles_pb.ts";
import { FeatureFlagsService } from "../../src/connect/gen/capabilities/v1/feature_flags_pb.ts";
import { DebuginfoService } from "../../src/connect/gen/debuginfo/v1alpha1/debuginfo_pb.ts";
import { RecordingRulesService } from "../../src/connect/gen/settings/v1/recording_rules_pb.ts";
import { SettingsService } from "../../src/connect/gen/settings/v1/setting_pb.ts";
import { VCSService } from "../../src/connect/gen/vcs/v1/vcs_pb.ts";
import { Version } from "../../src/connect/gen/version/v1/version_pb.ts";
import { queryPorts } from "../../src/http/ports.ts";
import { evaluateRule } from "../../src/query/recorded/evaluate.ts";
import { FORMS, type FormName, inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { call, uploadFolded } from "../support/worker-call.ts";
import { SERVICE_CASES } from "./service-cases.ts";

const SERVICES: readonly DescService[] = [
  Version,
  FeatureFlagsService,
  DebuginfoService,
  SettingsService,
  RecordingRulesService,
  VCSService,
  AdHocProfileService,
];
const METHODS = new Map(
  SERVICES.flatMap(({ typeName, methods }) =>
    methods.map((method) => [`${typeName}/${method.name}`, method as DescMethodUnary] as const),
  ),
);
const STATUS: Readonly<Record<string, number>> = {
  ok: 200,
  invalid_argument: 400,
  not_found: 404,
  already_exists: 409,
  resource_exhausted: 429,
  unimplemented: 501,
};

async function ask(name: FormName, method: string, request: JsonObject) {
  const { input, output } = METHODS.get(method as `${string}/${string}`)!;
  const response = await call(`/${method}`, unaryRequest(name, inForm(name, input, request)));
  return { output, ...(await unaryReply(name, output, response)) };
}

describe.each<FormName>(["proto", "json"])("services as %s", (name) => {
  it.each(SERVICE_CASES.map((row) => [`${row.service}/${row.method}`, row.what, row] as const))(
    "%s: %s",
    async (method, _what, row) => {
      const { status, code, message, output, json } = await ask(name, method, row.request);
      expect([code, status]).toEqual([row.code, STATUS[row.code]]);
      if (row.code === "ok")
        expect(toJson(output, fromJson(output, json()))).toEqual(toJson(output, fromJson(output, row.answer!)));
      else expect(message).toMatch(row.message!);
    },
  );
});

describe("services in the other forms", () => {
  const others = (Object.keys(FORMS) as FormName[]).filter((name) => name !== "proto" && name !== "json");
  it.each(others)("%s answers, and refuses, the same", async (name) => {
    const { code, json } = await ask(name, "version.v1.Version/Version", {});
    expect([code, json()]).toEqual(["ok", { QuerierAPI: "1" }]);
    const refusal = await ask(name, "settings.v1.SettingsService/Delete", {});
    expect([refusal.code, refusal.message]).toEqual(["invalid_argument", "no setting name provided"]);
  });
});

describe.each([...METHODS.keys()])("%s", (method) => {
  it("has a row of its own", () => {
    expect(SERVICE_CASES.some((row) => `${row.service}/${row.method}` === method)).toBe(true);
  });

  it.each(["GET", "PUT", "PATCH", "DELETE"])("is not for %s", async (verb) => {
    const response = await call(`/${method}`, { method: verb });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it.each([
    ["text/plain", "{}", 415],
    ["application/grpc", "", 415],
    ["application/json", "", 400],
    ["application/json", "[]", 400],
    ["application/json", "{", 400],
    ["application/proto", "\x08", 400],
  ])("as %s of %j is %i", async (type, body, status) => {
    const response = await call(`/${method}`, { method: "POST", body, headers: { "content-type": type } });
    expect(response.status).toBe(status);
  });
});

describe("bounds of what is kept", () => {
  it("take no more settings than there may be, but changes of those that are there", async () => {
    const set = (name: string, value: string) =>
      ask("json", "settings.v1.SettingsService/Set", { setting: { name, value, modifiedAt: "1" } });
    for (let i = 0; i < 200; i++) expect((await set(`s${i}`, "")).code).toBe("ok");
    const { code, message, advice } = await set("one more", "");
    expect([code, message]).toEqual(["resource_exhausted", "there are 200 settings already, limit settings is 200"]);
    expect(advice).not.toBe("");
    expect((await set("s7", "changed")).code).toBe("ok");
  });

  it("take 25 recording rules, with ids that are made up", async () => {
    const rule = { metricName: "profiles_recorded_x", matchers: ['{__profile_type__="a:b:c:d:e"}'] };
    const ids = new Set<string>();
    for (let i = 0; i < 25; i++) {
      const { json } = await ask("json", "settings.v1.RecordingRulesService/UpsertRecordingRule", rule);
      ids.add((json() as { rule: { id: string } }).rule.id);
    }
    expect(ids.size).toBe(25);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z]{10}$/);
    const { code } = await ask("json", "settings.v1.RecordingRulesService/UpsertRecordingRule", rule);
    expect(code).toBe("resource_exhausted");
    for (const id of ids) await ask("json", "settings.v1.RecordingRulesService/DeleteRecordingRule", { id });
  });
});

describe("/metrics/profiles", () => {
  // At noon, so that no day ends under the test.
  const day = Math.floor(Date.now() / 86_400_000) * 86_400;
  const now = day + 43_200;
  const EDGEFLAME_CLOCK_OFFSET_S = String(now + 5 - Math.floor(Date.now() / 1000));
  const upsert = (rule: JsonObject) => ask("json", "settings.v1.RecordingRulesService/UpsertRecordingRule", rule);
  const scrape = async () => (await call("/metrics/profiles", {}, { EDGEFLAME_CLOCK_OFFSET_S })).text();
  const samplesOf = async (metric: string) =>
    (await scrape())
      .split("\n")
      .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`# TYPE ${metric} `));
  const cpu = '{__profile_type__="process_cpu:samples:count:cpu:nanoseconds"}';

  it("has nothing to say without rules", async () => {
    const response = await call("/metrics/profiles");
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
      "",
    ]);
  });

  it("counts what a rule chooses, by its labels, and goes on counting", async () => {
    await uploadFolded("rec.shop.cpu{region=eu,zone=a}", now, { "main;work": 3, "main;idle": 1 });
    await uploadFolded("rec.shop.cpu{region=eu,zone=b}", now, { "main;work": 4 });
    await uploadFolded("rec.shop.cpu{zone=a}", now, { "main;work;work": 5, other: 6 });
    await uploadFolded("rec.else.cpu", now, { main: 100 });
    const shop = {
      matchers: [cpu, '{service_name="rec.shop"}'],
      externalLabels: [{ name: "team", value: 'a"b\\c\nd' }],
    };
    await uploadFolded("rec.shop.cpu", day - 20, { yesterday: 1000 });
    await upsert({ ...shop, id: "all", metricName: "profiles_recorded_all" });
    await upsert({
      ...shop,
      id: "byRegion",
      metricName: "profiles_recorded_region",
      groupBy: ["region", "service_name"],
    });
    await upsert({ ...shop, id: "byBoth", metricName: "profiles_recorded_both", groupBy: ["zone", "region"] });
    await upsert({
      ...shop,
      id: "work",
      metricName: "profiles_recorded_work",
      groupBy: ["region"],
      stacktraceFilter: { functionName: { functionName: "work" } },
    });
    const team = 'team="a\\"b\\\\c\\nd"';
    expect(await samplesOf("profiles_recorded_all")).toEqual([
      "# TYPE profiles_recorded_all counter",
      `profiles_recorded_all{${team},profiles_rule_id="all"} 19`,
    ]);
    expect(await samplesOf("profiles_recorded_region")).toEqual([
      "# TYPE profiles_recorded_region counter",
      `profiles_recorded_region{${team},region="eu",service_name="rec.shop",profiles_rule_id="byRegion"} 8`,
      `profiles_recorded_region{${team},service_name="rec.shop",profiles_rule_id="byRegion"} 11`,
    ]);
    expect(await samplesOf("profiles_recorded_both")).toEqual([
      "# TYPE profiles_recorded_both counter",
      `profiles_recorded_both{${team},zone="a",region="eu",profiles_rule_id="byBoth"} 4`,
      `profiles_recorded_both{${team},zone="a",profiles_rule_id="byBoth"} 11`,
      `profiles_recorded_both{${team},zone="b",region="eu",profiles_rule_id="byBoth"} 4`,
    ]);
    // A stack that has the function twice counts once.
    expect(await samplesOf("profiles_recorded_work")).toEqual([
      "# TYPE profiles_recorded_work counter",
      `profiles_recorded_work{${team},profiles_rule_id="work"} 5`,
      `profiles_recorded_work{${team},region="eu",profiles_rule_id="work"} 7`,
    ]);
    await uploadFolded("rec.shop.cpu{region=eu,zone=a}", now, { "main;late": 2 });
    expect(await samplesOf("profiles_recorded_all")).toContain(
      `profiles_recorded_all{${team},profiles_rule_id="all"} 21`,
    );
  });

  it("adds up no more trees than one scrape may, and says which rules were left", async () => {
    for (let part = 0; part < 20; part++) await uploadFolded(`rec.parts.cpu{part=p${part}}`, now, { "main;work": 1 });
    const rule = { matchers: [cpu, '{service_name="rec.parts"}'], groupBy: ["part"] };
    const stacktraceFilter = { functionName: { functionName: "work" } };
    const ids = ["za", "zb", "zc", "zd"];
    for (const id of ids) await upsert({ ...rule, id, metricName: "profiles_recorded_parts", stacktraceFilter });
    const failed = (await samplesOf("profiles_recording_rule_failed")).filter((line) => line.includes('="z'));
    // One of the test before took two of the sixty.
    expect(failed.map((line) => line.at(-1)).join("")).toBe("0011");
    expect((await samplesOf("profiles_recorded_parts")).length).toBe(1 + 40);
    for (const id of ids) await ask("json", "settings.v1.RecordingRulesService/DeleteRecordingRule", { id });
  });

  it("takes what a rule reads from the scrape's budget, also when the rule fails", async () => {
    const budget = { apps: 3, trees: 19 };
    const body = {
      metricName: "m",
      matchers: [cpu, '{service_name="rec.parts"}'],
      groupBy: ["part"],
      externalLabels: [],
    };
    const ports = queryPorts({ ...env, EDGEFLAME_CLOCK_OFFSET_S }, TENANT_LIMITS);
    const read = (functionName: string | null, groupBy: string[] = ["part"]) =>
      evaluateRule(ports, { ...body, groupBy, id: "a", generation: 1, functionName }, budget);
    await expect(read("work")).rejects.toThrow("more than 60 trees");
    expect(budget).toEqual({ apps: 2, trees: 19 });
    await read("work", []);
    expect(budget).toEqual({ apps: 1, trees: 18 });
    await read(null);
    await expect(read(null)).rejects.toThrow("more than 100 apps");
    expect(budget).toEqual({ apps: 0, trees: 18 });
  });

  it("averages gauges over the last uploads", async () => {
    for (const [at, value] of [
      [now, 100],
      [now - 10, 300],
      [now - 3000, 9000],
    ]) {
      const path = `/ingest?name=rec.heap.inuse_space&aggregationType=average&from=${at}`;
      expect((await call(path, { method: "POST", body: `main ${value}` })).status).toBe(200);
    }
    const matchers = ['{__profile_type__="memory:inuse_space:bytes::",service_name="rec.heap"}'];
    await upsert({ id: "heap", metricName: "profiles_recorded_heap", matchers });
    expect(await samplesOf("profiles_recorded_heap")).toEqual([
      "# TYPE profiles_recorded_heap gauge",
      'profiles_recorded_heap{profiles_rule_id="heap"} 200',
    ]);
  });

  it("calls a name that counts and gauges share untyped, and says which rules are well", async () => {
    await upsert({ id: "mixed", metricName: "profiles_recorded_heap", matchers: [cpu, '{service_name="rec.else"}'] });
    await upsert({ id: "nobody", metricName: "profiles_recorded_none", matchers: [cpu, '{service_name="none"}'] });
    const text = await scrape();
    expect(text).toContain("# TYPE profiles_recorded_heap untyped\n");
    expect(text).toContain('profiles_recorded_heap{profiles_rule_id="mixed"} 100\n');
    expect(text).toContain('profiles_recording_rule_failed{profiles_rule_id="mixed"} 0\n');
    expect(text).not.toMatch(/^profiles_recorded_none\{/m);
  });
});

describe("what else clients ask", () => {
  it("says which build this is, and that it is ready", async () => {
    const info = await (await call("/api/v1/status/buildinfo")).json();
    expect(info).toEqual({
      status: "success",
      data: { version: packageJson.version, revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" },
    });
    const ready = await call("/ready");
    expect([ready.status, await ready.text()]).toEqual([200, "ready"]);
  });

  it("refuses executables", async () => {
    const path = "/debuginfo.v1alpha1.DebuginfoService/Upload/0123abcd";
    const response = await call(path, { method: "POST", body: "\x7fELF" });
    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
      501,
      expect.stringMatching(/^executables are not taken/),
    ]);
  });

  it("lets readers read, and whoever may write write", async () => {
    const EDGEFLAME_TOKEN = "read:r,write:w,read:both,write:both";
    const asks = (secret: string, method: string) =>
      call(
        `/${method}`,
        {
          method: "POST",
          body: "{}",
          headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
        },
        { EDGEFLAME_TOKEN },
      );
    const [get, set] = ["settings.v1.SettingsService/Get", "settings.v1.SettingsService/Set"];
    const statuses = [];
    for (const secret of ["r", "w", "both", "none"])
      for (const method of [get, set]) statuses.push((await asks(secret, method)).status);
    expect(statuses).toEqual([200, 403, 403, 400, 200, 400, 401, 401]);
  });
});
