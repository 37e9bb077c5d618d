// Random programs of uploads, queries, alarms, evictions and clock jumps, while R2 and D1 fail before or
// after taking effect, against a plain list of what was sent.
import * as cloudflareTest from "cloudflare:test";
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { randomOf } from "../support/seeded.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

type AnyMethod = (this: unknown, ...given: unknown[]) => Promise<unknown>;
const evict = (cloudflareTest as { evictDurableObject?: (object: unknown) => Promise<void> }).evictDurableObject;

interface Sent {
  readonly at: number;
  readonly region: string;
  readonly count: number;
}

/** Makes a method fail now and then while `isOn`, before or after it has done its work. */
function failing(
  prototype: Record<string, AnyMethod>,
  name: string,
  isOn: () => boolean,
  random: (n: number) => number,
) {
  const real = prototype[name]!;
  let faults = 0;
  prototype[name] = async function (...given) {
    if (isOn() && random(4) === 0) {
      faults++;
      throw new Error(`${name} failed before`);
    }
    const result = await real.apply(this, given);
    if (isOn() && random(4) === 0) {
      faults++;
      throw new Error(`${name} failed after`);
    }
    return result;
  };
  const restore = () => {
    prototype[name] = real;
  };
  return { faults: () => faults, restore };
}

let faultsSeen = 0;

it.each([1, 2, 3, 4, 5, 6])(
  "program %i loses nothing and counts nothing twice",
  { timeout: 120_000 },
  async (number) => {
    const random = randomOf(number * 7919);
    const app = `model${number}`;
    const sent: Sent[] = [];
    let faulty = false;
    const session = env.CATALOG.withSession("first-primary");
    const puts = failing(Object.getPrototypeOf(env.SEGMENTS), "put", () => faulty, random);
    const batches = failing(Object.getPrototypeOf(session), "batch", () => faulty, random);
    const total = (from: number, until: number, region: string | null) =>
      sent
        .filter((one) => one.at >= from && one.at < until && (region === null || one.region === region))
        .reduce((sum, one) => sum + one.count, 0);

    const check = async (when: string) => {
      for (let k = 0; k < 4; k++) {
        const from = T0 + 10 * random(1500);
        const until = from + 10 * (1 + random(1200));
        const region = random(2) === 0 ? null : `r${random(3)}`;
        const query = region === null ? `${app}.cpu` : `${app}.cpu{region="${region}"}`;
        const response = await call(`/render?query=${encodeURIComponent(query)}&from=${from}&until=${until}`);
        if (faulty && response.status === 503) continue;
        const text = await response.text();
        expect(response.status, text).toBe(200);
        const { flamebearer, timeline } = JSON.parse(text);
        expect(flamebearer.numTicks, `${when}: ${query} ${from - T0}..${until - T0}`).toBe(total(from, until, region));
        const line = timeline.samples.reduce((a: number, b: number) => a + b, 0);
        const end = Math.min(timeline.startTime + timeline.durationDelta * timeline.samples.length, until);
        expect(line, `${when}: timeline`).toBe(total(timeline.startTime, end, region));
      }
    };
    const upload = async () => {
      const many = random(8) === 0 ? 80 : 4;
      const list = Array.from({ length: 1 + random(many) }, () => {
        const late = random(3) === 0 ? 700 : 12;
        const at = Math.max(T0, clock.now - 10 * random(late));
        return { at: at - (at % 10), region: `r${random(3)}`, count: 1 + random(100_000) };
      });
      await Promise.all(
        list.map(({ at, region, count }) =>
          uploadFolded(`${app}.cpu{region=${region}}`, at, { [`a;f${random(40)};g${random(9)}`]: count }),
        ),
      );
      sent.push(...list);
    };
    const work = async () => {
      faulty = random(2) === 0;
      await Promise.all([
        runDurableObjectAlarm(objectOf(app) as never).catch(() => undefined),
        random(2) === 0
          ? undefined
          : objectOf(app)
              .tick()
              .catch(() => undefined),
        random(2) === 0 ? undefined : check("during"),
      ]);
      faulty = false;
    };
    try {
      await upload();
      for (let step = 0; step < 80; step++) {
        const what = random(12);
        if (what < 5) await upload();
        else if (what < 8) clock.now += [5, 20, 70, 400, 1900, 3700][random(6)]!;
        else if (what < 10) await work();
        else if (what === 10) await evict?.(objectOf(app)).catch(() => undefined);
        else await check(`step ${step}`);
      }
      clock.now += 3 * HOUR;
      for (let k = 0; k < 4; k++) {
        clock.now += 30;
        await objectOf(app).tick();
      }
      await check("at the end");
      const row = await env.CATALOG.prepare(
        "SELECT live_since FROM shards JOIN apps ON apps.id = shards.app_id WHERE apps.name = ?",
      )
        .bind(app)
        .first();
      expect(row).toEqual({ live_since: null });
    } finally {
      faultsSeen += puts.faults() + batches.faults();
      puts.restore();
      batches.restore();
    }
  },
);

it("was made to fail", () => {
  expect(faultsSeen).toBeGreaterThan(10);
});
