// The page's state and the dialog's choices → the request that shares it; the schema is the server's own.
import { describe, expect, it } from "vitest";
import { EmbedRequest } from "../../../src/api/embed.ts";
import { ShareRequest } from "../../../src/api/share.ts";
import { defaultPageState } from "../../../web/state/page-state.ts";
import {
  defaultChoice,
  embedRequest,
  frameHosts,
  hostsProblem,
  liveQuery,
  type ShownGraph,
  shareRequest,
} from "../../../web/state/share-request.ts";

const shown = (change: Partial<ShownGraph> = {}): ShownGraph => ({
  source: {
    flamebearer: {
      names: ["total", "main"],
      levels: [
        [0, 4, 0, 0],
        [0, 4, 4, 1],
      ],
      numTicks: 4,
      maxSelf: 4,
    },
    metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "shop.cpu" },
    hidden: { nodes: 7, largest: 1 },
  },
  asked: { query: 'shop.cpu{region="eu"}', from: 100, until: 160 },
  compared: null,
  ...change,
});
const state = { ...defaultPageState, zoom: ["main"], search: "ma", view: "table", palette: "value" } as const;
const sent = (snapshot: readonly ShownGraph[], of = state) => shareRequest(snapshot, of, defaultChoice(snapshot));

describe("the request of a share", () => {
  it("holds the graph with what is hidden of it, its query and time, and how it is looked at", () => {
    const request = sent([shown()]);
    expect(ShareRequest.parse(request)).toEqual(request);
    expect(request).toMatchObject({
      layout: "single",
      title: 'shop.cpu{region="eu"}',
      expiresInDays: 90,
      frameHosts: null,
      graphs: [{ hidden: { nodes: 7, largest: 1 }, query: 'shop.cpu{region="eu"}', from: 100, until: 160 }],
      view: { zoom: ["main"], search: "ma", display: "table", sort: "self", palette: "value" },
    });
  });

  it("names both sides of a diff, and both queries in its title", () => {
    const { source } = shown();
    const double = { ...source, metadata: { ...source.metadata, format: "double" as const } };
    const request = sent([shown({ source: double, compared: { query: "shop.cpu", from: 200, until: 260 } })]);
    expect(ShareRequest.parse(request)).toEqual(request);
    expect(request).toMatchObject({
      layout: "diff",
      title: 'shop.cpu{region="eu"} → shop.cpu',
      graphs: [{ from: 100, compared: { query: "shop.cpu", from: 200, until: 260 } }],
    });
  });

  it("has a zoom and a search for each graph of a comparison", () => {
    const right = { ...state.right, zoom: ["main"], search: "other" };
    const request = sent([shown(), shown()], { ...state, searchLinked: false, right } as unknown as typeof state);
    expect(ShareRequest.parse(request)).toEqual(request);
    expect(request.layout).toBe("comparison");
    expect(request.graphs.map(({ label }) => label)).toEqual(["Baseline", "Comparison"]);
    expect(request.view).toMatchObject({ zoom: [], search: "", other: { zoom: ["main"], search: "other" } });
  });

  it("tells of a file no more than the title does, and asked nobody for it", () => {
    const snapshot = [shown({ asked: null })];
    const choice = { ...defaultChoice(snapshot), title: " a quiet name " };
    const request = shareRequest(snapshot, state, choice);
    expect(defaultChoice(snapshot).title).toBe("shop.cpu");
    expect(ShareRequest.parse(request)).toEqual(request);
    expect(request).toMatchObject({
      title: "a quiet name",
      layout: "single",
      graphs: [{ metadata: { name: "a quiet name" } }],
    });
    expect(JSON.stringify(request)).not.toMatch(/shop|"query"|"from"/);
  });

  it("stays within what the server takes, however long names and queries are", () => {
    const long = "x".repeat(100_000);
    const graph = shown({ asked: { query: long, from: 100, until: 160 } });
    const source = {
      ...graph.source,
      flamebearer: { ...graph.source.flamebearer, names: ["total", long] },
      metadata: { ...graph.source.metadata, name: long },
    };
    const zoom = Array.from({ length: 2000 }, () => long);
    const request = sent([{ ...graph, source }], { ...state, zoom, search: long } as unknown as typeof state);
    expect(ShareRequest.safeParse(request).error).toBeUndefined();
  });
});

describe("the sites that may embed", () => {
  it.each([
    ["", []],
    ["Docs.Example.org,  *.b.de", ["docs.example.org", "*.b.de"]],
    ["https://blog.example.org/posts/1", ["blog.example.org"]],
    ["localhost:8080", ["localhost:8080"]],
  ])("are taken from %j", (typed, hosts) => {
    expect(frameHosts(typed)).toEqual(hosts);
    expect(hostsProblem(typed)).toBeNull();
  });

  it.each(["*", "a b_c", "-a.org", "a.org;'none'", `${"a".repeat(300)}.org`])(
    "are refused where one is none: %s",
    (typed) => {
      expect(hostsProblem(typed)).toMatch(/is no host/);
    },
  );

  it("are twenty at most", () => {
    const many = Array.from({ length: 21 }, (_, at) => `h${at}.org`).join(",");
    expect(hostsProblem(many)).toBe("At most 20 hosts");
  });
});

describe("a live embed", () => {
  it("is offered for one query alone: not for a file, and not for what compares", () => {
    const query = 'shop.cpu{region="eu"}';
    expect(liveQuery([shown()])).toBe(query);
    expect(liveQuery([shown({ asked: null })])).toBeNull();
    expect(liveQuery([shown(), shown()])).toBeNull();
    expect(liveQuery([shown({ compared: { query, from: 1, until: 2 } })])).toBeNull();
  });

  it("is asked for with what was chosen", () => {
    const choice = { ...defaultChoice([shown()]), hosts: "docs.example.org", expiresInDays: null };
    const request = embedRequest("shop.cpu", 3600, choice);
    expect(EmbedRequest.parse(request)).toEqual(request);
    expect(request).toMatchObject({ query: "shop.cpu", rangeSeconds: 3600, frameHosts: ["docs.example.org"] });
  });
});
