import { expect, it } from "vitest";
import type { Deletion } from "../../../src/api/deletion.ts";
import { deletionRequest, deletionText, stateText } from "../../../web/state/deletion-text.ts";

const base: Deletion = {
  id: 1,
  kind: "part",
  app: "shop",
  query: '{region="eu"}',
  from: null,
  until: null,
  requestedAt: 0,
  doneAt: null,
  state: "working",
  step: "objects",
};

it.each<[Partial<Deletion>, string]>([
  [{ kind: "tenant", app: null }, "Everything"],
  [{ kind: "app" }, "All of shop"],
  [{ kind: "app", app: null }, "A whole application"],
  [{}, '{region="eu"} of shop'],
  [{ query: 'shop.cpu{region="eu"}' }, 'shop.cpu{region="eu"}'],
  [{ query: null, until: 0 }, "A part of shop, the start to 1 Jan 1970, 00:00 UTC"],
  [{ query: null, from: 0, until: null }, "A part of shop, 1 Jan 1970, 00:00 UTC to now"],
])("says what %o takes away", (change, text) => {
  expect(deletionText({ ...base, ...change }, "utc")).toBe(text);
});

it("says how far it is", () => {
  expect(stateText(base)).toBe("under way (objects)");
  expect(stateText({ ...base, step: "purge" })).toBe("no longer shown; files go within minutes");
  expect(stateText({ ...base, state: "done" })).toBe("done");
});

it("never makes the deletion of an application out of a part that is not named", () => {
  expect(deletionRequest("shop", null)).toEqual({ app: "shop" });
  expect(deletionRequest("shop", { query: " ", from: "", until: "" })).toBe(null);
  expect(deletionRequest("shop", { query: "", from: "now-2d ", until: "" })).toEqual({ app: "shop", from: "now-2d" });
});
