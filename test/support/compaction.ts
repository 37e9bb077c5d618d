// Uploads to one app, and what every answer about them must be, for tests of compaction in workerd.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { clock, HOUR, objectOf } from "./object-clock.ts";
import { randomOf } from "./seeded.ts";
import { call, uploadFolded } from "./worker-call.ts";

export const DAY = 24 * HOUR;

export interface Sent {
  readonly at: number;
  readonly region: string;
  readonly stack: string;
  readonly count: number;
}

export const compactorOf = (app: string) =>
  env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify(["anonymous", app])));

export const compact = (app: string) => compactorOf(app).run({ tenant: "anonymous", service: app });

export function appOf(name: string, seed: number) {
  const random = randomOf(seed);
  const sent: Sent[] = [];
  return {
    name,
    random,
    sent,
    /** `many` uploads somewhere in [from, until). */
    async upload(many: number, from: number, until: number): Promise<void> {
      for (let k = 0; k < many; k++) {
        const at = from + 10 * random(Math.floor((until - from) / 10));
        const one = { at, region: `r${random(3)}`, stack: `a;f${random(30)};g${random(9)}`, count: 1 + random(9999) };
        await uploadFolded(`${name}.cpu{region=${one.region}}`, at, { [one.stack]: one.count });
        sent.push(one);
      }
    },
    /** Seals what is over. */
    async seal(): Promise<void> {
      const isLive = async () =>
        (await this.rows("SELECT 1 FROM shards WHERE app_id = $app AND live_since IS NOT NULL")).length > 0;
      while (await isLive()) {
        clock.now += HOUR;
        await objectOf(name).tick();
      }
    },
    /** Compacts until nothing is due. @returns rows written by width */
    async settle(): Promise<Record<number, number>> {
      const steps: Record<number, number> = {};
      for (let idle = 0; idle < 2; ) {
        clock.now += HOUR;
        const report = await compact(name);
        expect(report.failures).toBe(0);
        for (const { objects, width } of report.steps) if (objects > 0) steps[width] = (steps[width] ?? 0) + 1;
        idle = report.steps.length === 0 ? idle + 1 : 0;
      }
      return steps;
    },
    /** Asks for one range, aligned to hours, in every way. */
    async expectExact(from: number, until: number, when: string): Promise<void> {
      const region = random(2) === 0 ? null : `r${random(3)}`;
      const list = sent.filter((one) => one.at >= from && one.at < until && (region === null || one.region === region));
      const query = encodeURIComponent(region === null ? `${name}.cpu` : `${name}.cpu{region="${region}"}`);
      const path = `/render?query=${query}&from=${from}&until=${until}`;
      const what = `${when}: ${from}..${until} ${region}`;
      const text = await textOf(`${path}&format=collapsed&max-nodes=100000`);
      const expected = new Map<string, number>();
      for (const { stack, count } of list) expected.set(stack, (expected.get(stack) ?? 0) + count);
      const lines = text.split("\n").filter((line) => line !== "");
      const seen = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
      expect(seen, what).toEqual(expected);
      const { timeline } = JSON.parse(await textOf(path)) as {
        timeline: { startTime: number; durationDelta: number; samples: number[] };
      };
      const { startTime, durationDelta, samples } = timeline;
      const slots = samples.map((_, i) => {
        const start = startTime + i * durationDelta;
        return list.filter((one) => one.at >= start && one.at < start + durationDelta).reduce((a, b) => a + b.count, 0);
      });
      expect(samples, `${what}: timeline of ${durationDelta} s`).toEqual(slots);
    },
    async expectExactly(first: number, end: number, when: string, times = 10): Promise<void> {
      for (let k = 0; k < times; k++) {
        const grid = [HOUR, 6 * HOUR, DAY][random(3)]!;
        const from = first + grid * random(Math.ceil((end - first) / grid));
        const start = from - (from % grid);
        await this.expectExact(start, start + grid * (1 + random(Math.ceil((end - start) / grid))), when);
      }
    },
    async rows<Row>(sql: string): Promise<Row[]> {
      const id = "(SELECT id FROM apps WHERE name = ?)";
      return (await env.CATALOG.prepare(sql.replace("$app", id)).bind(name).all<Row & Record<string, unknown>>())
        .results;
    },
    /** Every row's object is there, and every other object waits for its removal in the future. */
    async expectNoOrphans(): Promise<void> {
      const [{ id } = { id: 0 }] = await this.rows<{ id: number }>("SELECT id FROM apps WHERE id = $app");
      const keys: string[] = [];
      for (let cursor: string | undefined, more = true; more; ) {
        const page = await env.SEGMENTS.list({ prefix: `t/1/a/${id}/`, ...(cursor === undefined ? {} : { cursor }) });
        keys.push(...page.objects.map((object) => object.key));
        more = page.truncated;
        cursor = page.truncated ? page.cursor : undefined;
      }
      const rows = [
        ...(await this.rows<{ key: string }>("SELECT object_key AS key FROM segments WHERE app_id = $app")),
        ...(await this.rows<{ key: string }>("SELECT object_key AS key FROM dictionaries WHERE app_id = $app")),
      ];
      const named = new Set(rows.map((row) => row.key));
      expect([...named].filter((key) => !keys.includes(key))).toEqual([]);
      const { results } = await env.CATALOG.prepare(
        "SELECT object_key AS key FROM retired_objects WHERE delete_after > ?",
      )
        .bind(clock.now)
        .all<{ key: string }>();
      const waiting = new Set(results.map((row) => row.key));
      expect(keys.filter((key) => !named.has(key) && !waiting.has(key))).toEqual([]);
    },
  };
}

async function textOf(path: string): Promise<string> {
  const response = await call(path);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}
