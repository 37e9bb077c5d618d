import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultPageState,
  type PageState,
  type SideState,
  sideRange,
  swapSides,
} from "../../../web/state/page-state.ts";
import { joinFrames, readUrl, splitFrames, writeUrl } from "../../../web/state/url-state.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const frames = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), { maxLength: 5 });
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const anySide: fc.Arbitrary<SideState> = fc.record({
  query: orNull(text),
  from: orNull(text),
  until: orNull(text),
  zoom: frames,
  focus: frames,
  search: fc.string({ unit: "grapheme", maxLength: 20 }),
});
const anyState: fc.Arbitrary<PageState> = fc.record({
  page: fc.constantFrom("single", "comparison", "diff", "inbox"),
  inboxApp: orNull(fc.string({ unit: "grapheme", maxLength: 20 })),
  query: text,
  from: text,
  until: text,
  left: anySide,
  right: anySide,
  groupBy: orNull(text),
  maxNodes: orNull(fc.integer({ min: 1, max: 1_000_000 })),
  view: fc.constantFrom("table", "both", "flamegraph"),
  sort: orNull(fc.constantFrom("name", "self", "total", "diff")),
  sortDescending: fc.boolean(),
  textEnd: fc.constantFrom("head", "tail"),
  palette: fc.constantFrom("package", "value"),
  zoom: frames,
  focus: frames,
  search: fc.string({ unit: "grapheme", maxLength: 20 }),
  searchLinked: fc.boolean(),
  refreshSeconds: fc.constantFrom(0, 5, 60),
  theme: orNull(fc.constantFrom("light", "dark")),
});

const BASES = ["/", "/profiles/"];

it.each(BASES)("restores every state from the URL it wrote, under %s", (base) => {
  fc.assert(
    fc.property(anyState, (state) => {
      const { path, search, hash } = writeUrl(state);
      const url = new URL(`http://host${base}${path}${search}${hash}`);
      expect(readUrl(url)).toEqual(state);
    }),
  );
});

it("joins and splits frames with any characters in their names", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), (names) => {
      expect(splitFrames(joinFrames(names))).toEqual(names);
    }),
  );
});

describe("readUrl", () => {
  it("reads a link of the old page", () => {
    const state = readUrl(
      new URL(
        "http://host/comparison?query=app.cpu%7B%7D&from=now-3h&until=now&leftFrom=1&leftUntil=2&rightQuery=b&max-nodes=100",
      ),
    );
    expect(state).toMatchObject({
      page: "comparison",
      query: "app.cpu{}",
      from: "now-3h",
      left: { from: "1", until: "2", query: null },
      right: { query: "b", from: null },
      maxNodes: 100,
    });
  });
  it("falls back to the defaults for what it does not understand", () => {
    const url = new URL("http://host/?view=pie&sort=x&maxNodes=-1&refresh=1&theme=pink&text=middle&palette=rainbow");
    expect(readUrl(url)).toEqual(defaultPageState);
  });
  it("survives any query string and fragment", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (search, hash) => {
        expect(readUrl({ pathname: "/", search: `?${search}`, hash: `#${hash}` }).page).toBe("single");
      }),
    );
  });
});

describe("sides", () => {
  const state: PageState = { ...defaultPageState, query: "app", from: "now-1h", until: "now" };
  it("start as the two halves of the range", () => {
    expect(sideRange(state, "left", 0)).toEqual({ from: "now-1h", until: "now-30m" });
    expect(sideRange(state, "right", 0)).toEqual({ from: "now-30m", until: "now" });
  });
  it("change places, ranges that were only defaults included", () => {
    const swapped = swapSides({ ...state, right: { ...state.right, query: "b" } }, 0);
    expect(sideRange(swapped, "left", 0)).toEqual({ from: "now-30m", until: "now" });
    expect(swapped.left.query).toBe("b");
    expect(swapped.right.query).toBeNull();
  });
});
