// The server's answers to the page, made up from the rideshare story: three vehicles, three regions, and a us-west-1
// whose cars fall into a mutex every other quarter of an hour. Deterministic in the time it is given.
import type { Annotation, AnnotationsResponse } from "../../src/api/annotations.ts";
import type { DeletionsResponse } from "../../src/api/deletion.ts";
import type { RenderResponse, Timeline } from "../../src/api/render.ts";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import type { RetentionResponse } from "../../src/api/retention.ts";
import type { ServicesResponse, ServiceType } from "../../src/api/services.ts";
import type { TagsResponse } from "../../src/api/tags.ts";
import { encodeDiff } from "../../src/flame/diff.ts";
import { drawFlamebearer } from "../../src/flame/flamebearer.ts";
import { type FocusPath, focusedTree, focusFacts } from "../../src/flame/focus.ts";
import { literalValues, parseQuery } from "../../web/state/query-text.ts";
import { resolveTime } from "../../web/state/time-form.ts";
import { mockInbox } from "./mock-inbox.ts";
import { stackValues } from "./stack-values.ts";

/** Folded stacks, frames joined by `;`. */
type Stacks = ReadonlyMap<string, number>;

const REGIONS = ["eu-west-1", "us-east-1", "us-west-1"] as const;
const VEHICLES = [
  ["bike", "OrderBike", 1],
  ["scooter", "OrderScooter", 2],
  ["car", "OrderCar", 3],
] as const;
const SLOT_SECONDS = 10;
const DAY = 86_400;
/** High and low alternate in us-west-1. */
const INCIDENT_SECONDS = 900;

const cpuType = (service: string): ServiceType => ({
  id: "process_cpu:samples:count:cpu:nanoseconds",
  oldName: `${service}.cpu`,
  label: "cpu",
  units: "samples",
  sampleRate: 100,
  aggregation: "sum",
});
const type = (service: string, label: string, units: string, aggregation: "sum" | "average" = "sum"): ServiceType => ({
  id: `memory:${label}:${units}:space:bytes`,
  oldName: `${service}.${label}`,
  label,
  units,
  sampleRate: 100,
  aggregation,
});

export function mockServices(nowSeconds: number): ServicesResponse {
  const service = (name: string, quietSeconds: number) => ({
    name,
    firstSeen: nowSeconds - 7 * DAY,
    lastSeen: nowSeconds - quietSeconds,
    types: [
      type(name, "alloc_objects", "objects"),
      type(name, "alloc_space", "bytes"),
      cpuType(name),
      type(name, "goroutines", "goroutines", "average"),
      type(name, "inuse_space", "bytes", "average"),
      type(name, "mutex_duration", "lock_nanoseconds"),
    ],
  });
  return {
    services: [
      service("billing-worker", 3600),
      service("checkout", 95),
      service("<img src=x onerror=alert(1)>", 3 * DAY),
      service("ride-sharing-app", 4),
    ],
  };
}

interface Asked {
  readonly from: number;
  readonly until: number;
  readonly regions: readonly string[];
  readonly vehicles: readonly string[];
  readonly known: boolean;
}

function asked(query: string, from: string, until: string, nowSeconds: number): Asked {
  const parsed = parseQuery(query);
  const allowed = (name: string, all: readonly string[]) =>
    all.filter((value) =>
      (parsed?.matchers ?? [])
        .filter((matcher) => matcher.name === name)
        .every((matcher) => (literalValues(matcher, query) ?? []).includes(value) !== matcher.operator.startsWith("!")),
    );
  const unknownLabel = parsed?.matchers.some(
    ({ name, operator }) => !["region", "vehicle", "service_name"].includes(name) && operator === "=",
  );
  return {
    from: Math.floor(resolveTime(from, nowSeconds) / SLOT_SECONDS) * SLOT_SECONDS,
    until: Math.ceil(resolveTime(until, nowSeconds) / SLOT_SECONDS) * SLOT_SECONDS,
    regions: allowed("region", REGIONS),
    vehicles: allowed(
      "vehicle",
      VEHICLES.map(([name]) => name),
    ),
    known: parsed !== null && !unknownLabel && /^(ride-sharing-app|checkout)\./.test(parsed.head),
  };
}

const inIncident = (region: string, seconds: number) =>
  region === "us-west-1" && Math.floor(seconds / INCIDENT_SECONDS) % 2 === 1;

/** A believable wobble without randomness. */
const wobble = (seconds: number, seed: number) =>
  1 + 0.12 * Math.sin(seconds / 47 + seed) + 0.07 * Math.sin(seconds / 11 + seed * 3);

function addSlot(stacks: Map<string, number>, ask: Asked, seconds: number): number {
  let sum = 0;
  const add = (stack: string, value: number) => {
    const whole = Math.round(value);
    if (whole <= 0) return;
    stacks.set(stack, (stacks.get(stack) ?? 0) + whole);
    sum += whole;
  };
  // The deployment at a quarter past every third hour leaves a gap of two minutes.
  if (seconds % 10_800 > 900 && seconds % 10_800 < 1020) return 0;
  ask.regions.forEach((region) => {
    const place = REGIONS.findIndex((each) => each === region);
    for (const [vehicle, order, radius] of VEHICLES) {
      if (!ask.vehicles.includes(vehicle)) continue;
      const work = radius * (62 - place * 9) * wobble(seconds, place + radius);
      const root = `runtime.goexit;net/http.(*conn).serve;net/http.serverHandler.ServeHTTP;net/http.(*ServeMux).ServeHTTP;main.${vehicle}Route`;
      const find = `${root};rideshare/${vehicle}.${order};rideshare/utility.FindNearestVehicle;github.com/grafana/pyroscope-go.TagWrapper;runtime/pprof.Do;rideshare/utility.FindNearestVehicle.func1`;
      add(`${find}`, work * 0.8);
      add(`${find};time.Now`, work * 0.12);
      add(`${find};time.Since;runtime.nanotime`, work * 0.08);
      add(
        `${root};encoding/json.(*Encoder).Encode;encoding/json.(*encodeState).marshal;encoding/json.structEncoder.encode`,
        work * 0.03,
      );
      if (vehicle === "car" && inIncident(region, seconds)) {
        add(`${find};rideshare/utility.mutexLock;time.Now`, work * 0.6);
        add(`${find};rideshare/utility.mutexLock`, work * 1.9);
      }
    }
    add("runtime.mcall;runtime.park_m;runtime.schedule;runtime.findRunnable;runtime.netpoll", 9);
    add("runtime.gcBgMarkWorker;runtime.systemstack;runtime.gcDrain;runtime.scanobject", 14);
  });
  return sum;
}

function sampled(ask: Asked): { stacks: Map<string, number>; timeline: Timeline } {
  const span = Math.max(SLOT_SECONDS, ask.until - ask.from);
  let durationDelta = SLOT_SECONDS;
  for (const step of [60, 300, 3600, DAY]) if (span / durationDelta > 1024) durationDelta = step;
  const samples: number[] = [];
  const stacks = new Map<string, number>();
  // Long ranges would be a lot of slots: one in every step stands for the rest.
  for (let at = ask.from; at < ask.until && samples.length < 3000; at += durationDelta) {
    samples.push(ask.known ? addSlot(stacks, ask, at) * (durationDelta / SLOT_SECONDS) : 0);
  }
  return { stacks, timeline: { startTime: ask.from, samples, durationDelta, watermarks: null } };
}

export function mockRender(params: URLSearchParams, nowSeconds: number): RenderResponse {
  const query = params.get("query") ?? "";
  const ask = asked(query, params.get("from") ?? "", params.get("until") ?? "", nowSeconds);
  const { stacks, timeline } = sampled(ask);
  const groupBy = params.get("groupBy");
  const values: readonly string[] = groupBy === "region" ? ask.regions : groupBy === "vehicle" ? ask.vehicles : [];
  const groups = values.map((value) => [value, sampled({ ...ask, [`${groupBy}s`]: [value] }).timeline] as const);
  const path = params.getAll("focus");
  const tree = treeOf(stacks, path);
  const { flamebearer, hidden } = drawFlamebearer(tree, maxNodesOf(params), path);
  return {
    version: 1,
    flamebearer,
    metadata: {
      format: "single",
      spyName: "gospy",
      sampleRate: 100,
      units: /alloc_space|inuse_space/.test(query) ? "bytes" : "samples",
      name: query,
      appName: query,
      startTime: ask.from,
      endTime: ask.until,
      query,
      maxNodes: 8192,
    },
    timeline,
    groups: groupBy === null ? null : Object.fromEntries(groups),
    annotations: mockAnnotations(ask, nowSeconds),
    edgeflame: {
      from: ask.from,
      until: ask.until,
      ...hidden,
      focus: path.length === 0 ? null : focusFacts(tree, path),
      aggregation: /inuse|goroutines/.test(query) ? "average" : "sum",
      uploads: timeline.samples.filter((value) => value > 0).length * ask.regions.length,
      shed: [],
      lastSeen: ask.known || query.startsWith("ride") ? nowSeconds - 4 : nowSeconds - 3 * DAY,
    },
  };
}

export function mockRenderDiff(params: URLSearchParams, nowSeconds: number): RenderDiffResponse {
  const ask = (name: "left" | "right") => {
    const part = (which: string) => params.get(`${name}${which}`) ?? "";
    return asked(part("Query"), part("From"), part("Until"), nowSeconds);
  };
  const facts = (name: "left" | "right") => {
    const { from, until } = ask(name);
    return { from, until, uploads: 100, lastSeen: nowSeconds - 4 };
  };
  const [left, right] = [sampled(ask("left")).stacks, sampled(ask("right")).stacks];
  const path = params.getAll("focus");
  const trees = [treeOf(left, path), treeOf(right, path)] as const;
  const diff = encodeDiff(...trees, maxNodesOf(params), path);
  const { names, levels, numTicks, maxSelf, leftTicks, rightTicks, ...hidden } = diff;
  const { total: leftTotal, ...focus } = focusFacts(trees[0], path);
  return {
    version: 1,
    flamebearer: { names, levels, numTicks, maxSelf },
    metadata: { format: "double", spyName: "gospy", sampleRate: 100, units: "samples", name: "diff" },
    leftTicks,
    rightTicks,
    timeline: null,
    groups: null,
    edgeflame: {
      left: facts("left"),
      right: facts("right"),
      ...hidden,
      focus: path.length === 0 ? null : { ...focus, leftTotal, rightTotal: focusFacts(trees[1], path).total },
      aggregation: "sum",
    },
  };
}

export function mockTags(params: URLSearchParams): TagsResponse {
  const ask = asked(params.get("query") ?? "", "now-1h", "now", 0);
  const counts = (values: readonly string[]) => values.map((value, index) => ({ value, uploads: 1080 - index * 190 }));
  const hosts = Array.from({ length: 24 }, (_none, index) => `host-${String(index).padStart(2, "0")}.internal`);
  return {
    tags: [
      { name: "hostname", values: counts(hosts).map((each) => ({ ...each, uploads: 45 })), truncated: true },
      { name: "region", values: counts(ask.vehicles.length > 0 ? REGIONS : []), truncated: false },
      { name: "vehicle", values: counts(VEHICLES.map(([name]) => name)), truncated: false },
    ],
  };
}

const valuesOf = (stacks: Stacks) =>
  stackValues([...stacks].map(([stack, value]) => [stack.split(";"), BigInt(value)] as const));
const treeOf = (stacks: Stacks, path: FocusPath) => focusedTree([valuesOf(stacks)], path);
const maxNodesOf = (params: URLSearchParams) => Number(params.get("max-nodes") ?? 8192);

function mockRetention(params: URLSearchParams): RetentionResponse {
  const kept = [
    [10, 2],
    [60, 14],
    [3600, 90],
  ] as const;
  const facts = { source: "default", goneBefore: null } as const;
  return {
    app: params.get("app"),
    classes: [
      ...kept.map(([finest, days]) => ({ finest, seconds: days * DAY, ...facts })),
      { finest: DAY, seconds: null, ...facts },
    ],
  };
}

const HAPPENED = [
  { ago: 2400, content: "v2.1 is out" },
  { ago: 1290, content: "us-west-1 gets twice the riders" },
  { ago: 1260, content: "<b>alert</b> fired" },
  { ago: 200_000, content: "long ago" },
];

function mockAnnotations({ from, until }: { from: number; until: number }, nowSeconds: number): Annotation[] {
  return HAPPENED.map(({ ago, content }, id) => ({
    id,
    appName: "ride-sharing-app",
    content,
    timestamp: nowSeconds - ago,
  }))
    .filter(({ timestamp }) => timestamp >= from && timestamp < until)
    .sort((a, b) => a.timestamp - b.timestamp);
}

/** Any request of the page; null for what is not an API path. */
export function mockAnswer(path: string, params: URLSearchParams, nowSeconds: number): unknown {
  if (path === "api/services") return mockServices(nowSeconds);
  if (path === "api/tags") return mockTags(params);
  if (path === "api/inbox") return mockInbox(params, nowSeconds);
  if (path === "api/retention") return mockRetention(params);
  if (path.startsWith("api/annotations")) return { annotations: [] } satisfies AnnotationsResponse;
  if (path.startsWith("api/deletions")) return { deletions: [] } satisfies DeletionsResponse;
  if (path === "render") return mockRender(params, nowSeconds);
  return path === "render-diff" ? mockRenderDiff(params, nowSeconds) : null;
}
