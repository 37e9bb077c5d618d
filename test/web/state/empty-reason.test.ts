import { expect, it } from "vitest";
import { type EmptyCase, emptyReasons, rangeAround } from "../../../web/state/empty-reason.ts";
import { mockServices } from "../../support/mock-api.ts";

const NOW = 1_795_377_600;
const base: EmptyCase = {
  query: "ride-sharing-app.cpu",
  range: { from: "now-1h", until: "now" },
  facts: { from: NOW - 3600, until: NOW, lastSeen: NOW - 10 },
  services: mockServices(NOW).services,
  nowSeconds: NOW,
};
const facts = (lastSeen: number | null) => ({ from: NOW - 3600, until: NOW, lastSeen });

it.each<[string, Partial<EmptyCase>, string[]]>([
  ["an unknown application", { query: "nobody.cpu" }, ["unknown"]],
  ["a query that never matched", { facts: facts(null) }, ["never"]],
  [
    "data older than the range, whatever the filters",
    { facts: facts(NOW - 7200), query: 'checkout.cpu{a="b"}' },
    ["before"],
  ],
  ["data newer than the range", { facts: facts(NOW + 60) }, ["after"]],
  ["filters and newer data", { facts: facts(NOW + 60), query: 'checkout.cpu{a="b"}' }, ["filters", "after"]],
  ["filters alone", { query: 'checkout.cpu{a="b"}' }, ["filters"]],
  ["an application that paused", {}, ["quiet"]],
  ["a range that ends before it starts", { range: { from: "now", until: "now-1h" } }, ["inverted"]],
])("says why there is nothing: %s", (_name, change, kinds) => {
  expect(emptyReasons({ ...base, ...change }).map(({ kind }) => kind)).toEqual(kinds);
});

it("jumps to a range of the same length that holds the last data", () => {
  const range = rangeAround(NOW - 7200, base.range, NOW);
  expect(Number(range.until) - Number(range.from)).toBe(3600);
  expect(Number(range.from)).toBeLessThan(NOW - 7200);
  expect(Number(range.until)).toBeGreaterThan(NOW - 7200);
});
