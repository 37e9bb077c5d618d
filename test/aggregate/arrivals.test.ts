// What an object does with an upload as it comes in, by itself.
import { expect, it } from "vitest";
import { type ArrivalContext, arrivals } from "../../src/aggregate/arrivals.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { encodeUpload } from "../../src/segment/batch.ts";
import { UNSPLIT } from "../../src/segment/shard-map.ts";
import { T0 } from "../support/object-clock.ts";

it("reads nothing but the time of an upload that its sender has shed, and keeps it as it came", async () => {
  const vector = { nodes: Int32Array.of(0), low: Float64Array.of(0x1234_5678), high: null };
  const batch = encodeUpload(new StackDictionary(), T0, [{ type: { id: "t" }, labels: [], ...vector }]);
  // Its vector is none: whoever read it would throw.
  const value = batch.findLastIndex((byte, at) => byte === 0xf8 && batch[at + 1] === 0xac);
  expect(value).toBeGreaterThan(0);
  batch.fill(0xff, value, value + 8);
  const sent = batch.slice();
  const marked: number[] = [];
  const kept: Uint8Array[] = [];
  const context = {
    clock: () => T0,
    presence: { announce: async () => undefined },
    role: { goesBy: () => true, note: () => undefined },
    admit: () => Promise.reject(new Error("asked for what is shed already")),
    isRemembered: () => false,
    commit: async (bytes: Uint8Array, _ids: Uint8Array, shed: readonly number[]) => {
      kept.push(bytes);
      marked.push(...shed);
    },
  } as unknown as ArrivalContext;
  const map = UNSPLIT;
  const request = { tenant: "t", service: "s", shard: 0, types: [], batch, ids: [], route: 0, map, isShed: true };
  expect(await arrivals(context).append(request)).toEqual({ kind: "stored" });
  expect(marked).toEqual([T0]);
  expect(kept).toEqual([sent]);
});
