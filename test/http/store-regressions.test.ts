// Ways in which the store was once broken.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sweep } from "../../src/http/sweep.ts";
import { concat, message } from "../formats/pprof-bytes.ts";
import { clock, HOUR, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

async function get(path: string) {
  const response = await call(path);
  return { status: response.status, body: await response.json<Answer>() };
}

interface Answer {
  flamebearer: { numTicks: number };
  timeline: { samples: number[] };
}

const q = encodeURIComponent;

/** Replaces a method of the catalog's prototype while `act` runs. */
async function withPrepare(change: (text: string) => void, act: () => Promise<void>): Promise<void> {
  const prototype = Object.getPrototypeOf(env.CATALOG);
  const prepare = prototype.prepare;
  prototype.prepare = function (text: string) {
    change(text);
    return prepare.call(this, text);
  };
  try {
    await act();
  } finally {
    prototype.prepare = prepare;
  }
}

/** One stack main → (a function without a name, in `file`): strings grow by the file, nodes do not. */
const namelessPprof = (file: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    concat(
      message([1, message([1, 1], [2, 2])]),
      message(...["", "cpu", "nanoseconds", "main", file].map((text): [number, string] => [6, text])),
      message([5, message([1, 1], [2, 3])]),
      message([5, message([1, 2], [2, 0], [4, 4])]),
      message([4, message([1, 1], [4, message([1, 1], [2, 9])])]),
      message([4, message([1, 2], [3, 4096], [4, message([1, 2], [2, 9])])]),
      message([2, message([1, [2, 1]], [2, [7]])]),
    ),
  );

describe("the store", () => {
  it("keeps a dictionary whole that grew by strings alone", async () => {
    for (let round = 0; round < 3; round++) {
      clock.now = T0 + round * 2 * HOUR + 10;
      const query = `name=strings&spyName=gospy&from=${clock.now}&until=${clock.now + 10}&format=pprof`;
      const response = await call(`/ingest?${query}`, { method: "POST", body: namelessPprof(`file${round}.go`) });
      expect(response.status, await response.text()).toBe(200);
      clock.now = T0 + (round + 1) * 2 * HOUR;
      await runAlarm("strings", 2);
    }
    clock.now += 3 * HOUR;
    await sweep(env);
    const stored = (await env.SEGMENTS.list()).objects.map(({ key }) => key);
    const { results } = await env.CATALOG.prepare("SELECT object_key FROM dictionaries").all<{ object_key: string }>();
    for (const row of results) expect(stored).toContain(row.object_key);
    expect((await get(`/render?query=strings.cpu&from=${T0}&until=${T0 + 8 * HOUR}`)).body.flamebearer.numTicks).toBe(
      21,
    );
  });

  it("answers one question over many services whose dictionaries don't fit the cache together", async () => {
    const apps = Array.from({ length: 14 }, (_, i) => `large${i}`);
    for (const app of apps) {
      clock.now = T0 + 10;
      const stacks = Array.from({ length: 20_000 }, (_, i) => [`main;com.example.${app}.SomeService.method${i}`, 1]);
      await uploadFolded(`${app}.cpu`, T0, Object.fromEntries(stacks));
    }
    clock.now = T0 + 2 * HOUR;
    for (const app of apps) await runAlarm(app, 2);
    clock.now = T0 + 2 * HOUR + 10;
    for (const app of apps) await uploadFolded(`${app}.cpu`, T0 + 2 * HOUR, { "main;x": 1 });
    const query = q('process_cpu:samples:count:cpu:nanoseconds{service_name=~"large.*"}');
    const answer = await get(`/pyroscope/render?query=${query}&from=${T0}&until=${T0 + 3 * HOUR}&max-nodes=100`);
    expect(answer).toMatchObject({ status: 200, body: { flamebearer: { numTicks: 14 * 20_001 } } });
  });

  it("draws the same v2 timeline of a sealed hour, whatever second the range begins at", async () => {
    for (let at = T0; at < T0 + 600; at += 10) {
      clock.now = at + 5;
      await uploadFolded("grid.cpu", at, { "a;b": 1 });
    }
    const query = q('process_cpu:samples:count:cpu:nanoseconds{service_name="grid"}');
    const lines = async () => {
      const sums: number[] = [];
      for (const from of [T0 + 60, T0 + 80, T0 + 90]) {
        const { body } = await get(`/pyroscope/render?query=${query}&from=${from}&until=${from + 300}`);
        sums.push(body.timeline.samples.reduce((a, b) => a + b, 0));
      }
      return sums;
    };
    const live = await lines();
    clock.now = T0 + 2 * HOUR;
    await runAlarm("grid", 2);
    expect(await lines()).toEqual(live);
    expect(Math.min(...live)).toBeGreaterThan(0);
  });

  it("makes good a failure of the catalog while it says that an object is idle", async () => {
    clock.now = T0 + 10;
    await uploadFolded("idle.cpu", T0, { "a;b": 1 });
    clock.now = T0 + 2 * HOUR;
    let failed = 0;
    const failWhenIdle = (text: string) => {
      if (!/^update "shards" set "live_since"/.test(text)) return;
      failed++;
      throw new Error("injected");
    };
    await withPrepare(failWhenIdle, () => runAlarm("idle", 2));
    expect(failed).toBeGreaterThan(0);
    clock.now += 600;
    await runAlarm("idle");
    await sweep(env);
    const live = await env.CATALOG.prepare(
      "SELECT live_since FROM shards JOIN apps ON apps.id = shards.app_id WHERE apps.name = 'idle'",
    ).first();
    expect(live).toEqual({ live_since: null });
  });

  it("does not write to the catalog with every upload when agents contradict each other", async () => {
    clock.now = T0 + 100;
    let writes = 0;
    const count = (text: string) => {
      if (/insert into "profile_types"/.test(text)) writes++;
    };
    await withPrepare(count, async () => {
      for (let i = 0; i < 20; i++) {
        const path = `/ingest?name=flap.cpu&from=${T0 + 10}&until=${T0 + 20}&sampleRate=${i % 2 === 0 ? 97 : 100}`;
        expect((await call(path, { method: "POST", body: "a;b 1" })).status).toBe(200);
      }
    });
    expect(writes).toBeLessThanOrEqual(4);
  });

  it("stays readable when the sum of legal uploads passes 2^63", async () => {
    clock.now = T0 + 100;
    for (let i = 0; i < 2; i++) await uploadFolded("huge.cpu", T0 + 10, { "a;b": 9e11 });
    expect((await get(`/render?query=huge.cpu&from=${T0}&until=${T0 + 100}`)).status).toBe(200);
    expect((await call("/labels")).status).toBe(200);
    clock.now = T0 + 2 * HOUR;
    await runAlarm("huge", 2);
    expect((await get(`/render?query=huge.cpu&from=${T0}&until=${T0 + HOUR}`)).body.flamebearer.numTicks).toBe(18e11);
  });
});
