// A deletion within an app while R2 and D1 fail, before or after taking effect: it ends, and the rest is exact; questions that
// are asked meanwhile see all that stays.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Deletion } from "../../src/api/deletion.ts";
import { sweep } from "../../src/http/sweep.ts";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { randomOf } from "../support/seeded.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

type AnyMethod = (this: unknown, ...given: unknown[]) => Promise<unknown>;
const DAY = 24 * HOUR;
const D0 = T0 - (T0 % DAY);

let isFaulty = false;
let faults = 0;

/** Makes a method fail now and then, before or after it has done its work. */
function failing(prototype: Record<string, AnyMethod>, name: string, random: (n: number) => number): () => void {
  const real = prototype[name]!;
  prototype[name] = async function (...given) {
    const fate = isFaulty ? random(6) : 5;
    if (fate > 1) return real.apply(this, given);
    faults++;
    if (fate === 1) await real.apply(this, given);
    throw new Error(`${name} failed ${fate === 1 ? "after" : "before"}`);
  };
  return () => {
    prototype[name] = real;
  };
}

async function total(app: string, region: string): Promise<number> {
  const query = encodeURIComponent(`${app}.cpu{region="${region}"}`);
  const response = await call(`/render?query=${query}&from=${D0}&until=${D0 + 9 * DAY}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

it.each([1, 2, 3])("program %i ends with the rest exact", { timeout: 120_000 }, async (number) => {
  const random = randomOf(number * 104_729);
  const app = `faulty${number}`;
  const sums = new Map<string, number>();
  const upload = async (many: number) => {
    for (let i = 0; i < many; i++) {
      const region = `r${random(2)}`;
      const count = 1 + random(999);
      await uploadFolded(`${app}.cpu{region=${region}}`, D0 + 10 * random(6 * HOUR), { [`a;f${random(20)}`]: count });
      sums.set(region, (sums.get(region) ?? 0) + count);
    }
  };
  clock.now = D0 + 3 * DAY;
  await upload(20);
  for (let k = 0; k < 5; k++) {
    await objectOf(app).tick();
    clock.now += 2 * HOUR;
    await sweep(env);
  }
  await upload(5);
  const session = env.CATALOG.withSession("first-primary");
  const restore = [
    failing(Object.getPrototypeOf(env.SEGMENTS), "put", random),
    failing(Object.getPrototypeOf(env.SEGMENTS), "delete", random),
    failing(Object.getPrototypeOf(session), "batch", random),
    failing(Object.getPrototypeOf(env.CATALOG), "batch", random),
  ];
  try {
    isFaulty = true;
    const response = await call("/api/deletions", {
      method: "POST",
      body: JSON.stringify({ app, query: '{region="r0"}' }),
    });
    const { id } = (await response.json()) as Deletion;
    let state = "working";
    for (let turns = 0; turns < 60 && state !== "done"; turns++) {
      isFaulty = turns < 40;
      clock.now += 61;
      await sweep(env).catch(() => undefined);
      isFaulty = false;
      expect(await total(app, "r1"), `turn ${turns}`).toBe(sums.get("r1"));
      state = ((await (await call(`/api/deletions/${id}`)).json()) as Deletion).state;
    }
    expect(state).toBe("done");
  } finally {
    for (const one of restore) one();
  }
  expect(await total(app, "r0")).toBe(0);
  expect(await total(app, "r1")).toBe(sums.get("r1"));
  const old = await env.CATALOG.prepare(
    `SELECT (SELECT count(*) FROM dictionaries d WHERE d.app_id = a.id AND NOT EXISTS
       (SELECT 1 FROM segments s WHERE s.app_id = a.id AND s.dict_shard = d.shard AND s.epoch = d.epoch)) AS dictionaries,
     (SELECT count(*) FROM label_values l WHERE l.app_id = a.id AND l.value = 'r0') AS labels FROM apps a WHERE a.name = ?`,
  )
    .bind(app)
    .first();
  expect(old).toEqual({ dictionaries: 0, labels: 0 });
});

it("has met failures", () => {
  expect(faults).toBeGreaterThan(10);
});
