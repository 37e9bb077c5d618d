// Spans of an hour that is full: they are left out, and cost a fold next to nothing.
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { foldBatches } from "../../src/aggregate/fold.ts";
import { loadLiveState } from "../../src/aggregate/live-state.ts";
import { objectTables } from "../../src/aggregate/object-tables.ts";
import { LIVE_RUNGS, SPAN_CLASS, SPANS } from "../../src/config.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { encodeUpload } from "../../src/segment/batch.ts";
import { HOUR, objectOf, T0 } from "../support/object-clock.ts";

const SPANS_EACH = 3;

function uploadAt(slot: number): Uint8Array {
  const vector = { nodes: Int32Array.of(0), low: Float64Array.of(1), high: null };
  const spans = Array.from({ length: SPANS_EACH }, (_, i) => ({ span: `${i + 1}`.padStart(48, "0"), ...vector }));
  const whole = { nodes: Int32Array.of(0), low: Float64Array.of(SPANS_EACH), high: null };
  return encodeUpload(new StackDictionary(), slot, [{ type: { id: "t" }, labels: [], ...whole, spans }]);
}

it("asks once how full an hour is, keeps no more of it, and all of another's", async () => {
  await runInDurableObject(objectOf("spans-full") as never, (_instance: unknown, { storage }: DurableObjectState) => {
    const rows = objectTables(storage.sql);
    const asked: number[] = [];
    const tables = {
      ...rows,
      spanBytes(hour: number) {
        asked.push(hour);
        return rows.spanBytes(hour);
      },
    };
    const half = new Uint8Array(SPANS.bytesPerOpenHour / 2 - 10);
    for (const vectors of [half, half])
      rows.insertChunk({ rung: SPAN_CLASS, start: T0, directory: new Uint8Array(0), vectors }, T0);
    const full = Array.from({ length: 20 }, (_, i) => T0 + 10 * (i + 1));
    const free = [T0 + HOUR, T0 + HOUR + 10];
    const left = storage.transactionSync(() =>
      foldBatches(tables, loadLiveState(rows), [...full, ...free].map(uploadAt), T0),
    );
    expect(left).toBe(full.length * SPANS_EACH);
    expect(asked).toEqual([T0, T0 + HOUR]);
    expect(rows.chunkStarts(0, SPAN_CLASS)).toEqual([T0, ...free]);
    expect(rows.chunkStarts(0, LIVE_RUNGS[0])).toEqual([...full, ...free]);
  });
});
