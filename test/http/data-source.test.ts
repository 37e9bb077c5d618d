// What Grafana's Pyroscope data source (Go, Connect in protobuf) and Profiles Drilldown (browser, Connect in JSON, and the render API) send,
// in the order in which they send it. Flame graphs of both are those of /render, to the unit.
import type { DescMethodUnary, DescService, JsonObject } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, it } from "vitest";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { NANOS, push } from "../support/span-calls.ts";
import { type FormName, inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { call } from "../support/worker-call.ts";
import {
  asRendered,
  DATA_SOURCE,
  DRILLDOWN,
  type FlameGraph,
  QUERY,
  QUESTION,
  render,
  SAMPLES,
  type Step,
  UNIT,
} from "./data-source-steps.ts";

beforeAll(async () => {
  await push("shop", SAMPLES, "shop");
});

const PROTO_HEADERS = {
  "connect-protocol-version": "1",
  "accept-encoding": "gzip",
  "user-agent": "connect-go/1.18.1 (go1.24.4)",
};
const JSON_HEADERS = {
  accept: "application/json, text/plain, */*;allow-utf8-labelnames=true",
  "x-scope-orgid": "anonymous",
};

async function send(form: FormName, service: DescService, name: string, request: JsonObject) {
  const method = service.methods.find((one) => one.name === name) as DescMethodUnary;
  const init = unaryRequest(form, inForm(form, method.input, request));
  const headers = { ...init.headers, ...(form === "proto" ? PROTO_HEADERS : JSON_HEADERS) };
  const response = await call(`/${service.typeName}/${name}`, { ...init, headers });
  const reply = await unaryReply(form, method.output, response);
  if (reply.code !== "ok") return { code: reply.code, message: reply.message };
  return reply.json() as Record<string, unknown>;
}

/** The data source drops what does not lie within the box above it. */
function boxesOutside({ levels }: ReturnType<typeof asRendered>): number {
  let outside = 0;
  let above: [left: number, right: number][] = [[0, Number.POSITIVE_INFINITY]];
  for (const level of levels) {
    const boxes: [number, number][] = [];
    for (let node = 0, right = 0; node < level.length; node += 4) {
      const left = right + level[node]!;
      right = left + level[node + 1]!;
      if (!above.some(([from, until]) => from <= left && right <= until)) outside++;
      boxes.push([left, right]);
    }
    above = boxes;
  }
  return outside;
}

const titled = (steps: readonly Step[]) => steps.map((step) => [step.method, step.what, step] as const);

describe.each<[string, FormName, readonly Step[]]>([
  ["the data source", "proto", DATA_SOURCE],
  ["Profiles Drilldown", "json", DRILLDOWN],
])("%s as %s", (_client, form, steps) => {
  it.each(titled(steps))("%s: %s", async (method, _what, { service = QuerierService, request, answer, of }) => {
    const answered = await send(form, service, method, request);
    expect("code" in answered).toBe(typeof answer === "object" && "code" in answer);
    expect(of?.(answered) ?? answered).toMatchObject(typeof answer === "function" ? await answer() : answer);
  });
});

describe("flame graphs", () => {
  it("are the same to Connect in protobuf and JSON, to /pyroscope/render and, but for the unit, to /render", async () => {
    const graphs = await Promise.all(
      (["proto", "json"] as const).map(async (form) => {
        const { flamegraph } = await send(form, QuerierService, "SelectMergeStacktraces", QUESTION);
        return asRendered(flamegraph as FlameGraph);
      }),
    );
    const { flamebearer } = await render("/pyroscope/render", QUERY);
    const old = await render("/render", { ...QUERY, query: 'shop.cpu{region=~".+"}' });
    for (const graph of graphs) expect(graph).toEqual(flamebearer);
    expect(old.flamebearer.names).toEqual(flamebearer.names);
    const inSamples = flamebearer.levels.map((level) => level.map((value, i) => (i % 4 === 3 ? value : value / UNIT)));
    expect(old.flamebearer.levels).toEqual(inSamples);
    expect(boxesOutside(flamebearer)).toBe(0);
    expect([flamebearer.names[0], ...flamebearer.levels[0]!.slice(0, 3)]).toEqual(["total", 0, 105 * UNIT, 0]);
  });

  it("of two sides are the same to Diff and to /pyroscope/render-diff", async () => {
    const side = (region: string): JsonObject => ({
      ...QUESTION,
      labelSelector: `{service_name="shop", region="${region}"}`,
    });
    const { flamegraph } = await send("json", QuerierService, "Diff", { left: side("eu"), right: side("us") });
    const of = (name: string, region: string) => ({
      [`${name}Query`]: `${NANOS}{service_name="shop", region="${region}"}`,
      [`${name}From`]: QUERY.from,
      [`${name}Until`]: QUERY.until,
    });
    const drawn = await render<RenderDiffResponse>("/pyroscope/render-diff", {
      ...of("left", "eu"),
      ...of("right", "us"),
    });
    expect(asRendered(flamegraph as FlameGraph)).toEqual(drawn.flamebearer);
    const { leftTicks, rightTicks } = flamegraph as { leftTicks: string; rightTicks: string };
    expect([Number(leftTicks), Number(rightTicks)]).toEqual([drawn.leftTicks, drawn.rightTicks]);
    expect([leftTicks, rightTicks]).toEqual([String(79 * UNIT), String(26 * UNIT)]);
  });
});
