// What the address of a share says, on top of how it was shared.
import { expect, it } from "vitest";
import { readAddress, writeAddress } from "../../../web/share/share-address.ts";

const shared = { zoom: ["main"], search: "lock", display: "both" } as const;
const asShared = { ...shared, zoom: ["main"] };

it("shows what was shared until the reader changes it, and then what the address says", () => {
  const address = readAddress("", false);
  const first = address.panel(asShared, false, true);
  expect(first).toMatchObject({ zoom: ["main"], search: "lock", view: "both" });
  address.changed(first, { ...first, zoom: ["main", "work"], search: "" });
  const again = readAddress(writeAddress("", address), false);
  expect(again.panel(asShared, false, true)).toMatchObject({ zoom: ["main", "work"], search: "", view: "both" });
});

it("leaves the second graph of a comparison its own zoom", () => {
  const address = readAddress("?zoom=main&zoom=work", false);
  expect(address.panel(asShared, false, true).zoom).toEqual(["main", "work"]);
  expect(address.panel(asShared, false, false).zoom).toEqual(["main"]);
});

it("does without the zoom where its names would make an address that no server takes", () => {
  const address = readAddress("", false);
  const first = address.panel(asShared, false, true);
  address.changed(first, { ...first, zoom: ["x".repeat(65_536)], search: "work" });
  expect(writeAddress("/share/key", address)).toBe("/share/key?search=work");
});
