// How a deletion finds the labels that may go: against a plain list, while several push it, seals come in between and acts are
// repeated late; and with more labels than one call may carry.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { forgetLabels, namesOf } from "../../src/compact/erase-names.ts";
import { segmentWriter, seriesOrder } from "../../src/segment/segment-writer.ts";
import { d1CatalogWrites, type PartRow, placeOf, type SealedLabel } from "../../src/storage/catalog-writes.ts";
import { advance, type DeletionRow, readDeletion } from "../../src/storage/deletions.ts";
import { dropUnmarked, FIRST_PLACE, markLabels, noNames, noteSeries } from "../../src/storage/remaining-names.ts";
import { r2SegmentStore } from "../../src/storage/segment-store.ts";
import { makeApp, rows } from "../support/catalog-rows.ts";
import { randomOf } from "../support/seeded.ts";

const DAY = 86_400;
const HOUR = 3600;
const ports = { database: env.CATALOG, store: r2SegmentStore(env.SEGMENTS) };

interface Days {
  first: number;
  last: number;
}

/** What is found of an app's labels, and on which days. */
async function labelsOf(appId: number): Promise<Map<string, Days>> {
  const found = await rows<{ name: string; value: string; first: number; last: number }>(
    "SELECT name, value, first_day AS first, last_day AS last FROM label_values WHERE app_id = ?",
    appId,
  );
  return new Map(found.map(({ name, value, first, last }) => [`${name}=${value}`, { first, last }]));
}

/** A deletion that has come to the names. */
async function lookingFor(appId: number): Promise<number> {
  const [row] = await rows<{ id: number }>(
    `INSERT INTO deletions (tenant_id, app_id, service, requested_at, state, progress)
     VALUES (1, ?, 'x', 1, 'names', '{"epoch":7}') RETURNING id`,
    appId,
  );
  return row!.id;
}

const later = (known: Days | undefined, day: number): Days => ({
  first: Math.min(known?.first ?? day, day),
  last: Math.max(known?.last ?? day, day),
});

function appUnderTest(appId: number, random: (below: number) => number) {
  let part = 0;
  const kept = new Map<string, Days>();
  return {
    kept,
    /** An hour of some pods, as a seal commits it. */
    async seal(): Promise<void> {
      const day = random(40);
      const unsorted = Array.from({ length: 1 + random(5) }, () => ({
        typeId: `t${random(3)}`,
        labels: [["pod", `p${random(60)}`] as const, ["zone", `z${random(3)}`] as const],
      }));
      const series = seriesOrder(unsorted).map((i) => unsorted[i]!);
      const start = day * DAY + HOUR * random(24);
      const object = segmentWriter(series, start, [{ width: 60, totalsOnly: true }]).finish();
      part++;
      const objectKey = `names/${appId}/${part}`;
      await env.SEGMENTS.put(objectKey, object.bytes);
      const place = placeOf(objectKey, object);
      // Some heads are too large for their row.
      const head = random(3) === 0 ? null : place.head;
      const row: PartRow = { ...place, head, width: HOUR, start, finest: 60, part };
      const labels: SealedLabel[] = [];
      for (const [name, value] of series.flatMap((one) => one.labels)) {
        labels.push({ name, value, firstDay: day, lastDay: day });
        kept.set(`${name}=${value}`, later(kept.get(`${name}=${value}`), day));
      }
      await d1CatalogWrites(env.CATALOG).commitSeal({
        ...{ appId, shard: 0, epoch: 1, segments: [row], dictionary: null, labels },
        ...{ firstSlot: start, lastSlot: start, now: start, retireAfter: start },
      });
    },
    /** Labels that no segment has, and days on which none has those that stay. */
    async litter(): Promise<void> {
      const insert = `INSERT INTO label_values (app_id, name, value, first_day, last_day)
        SELECT ?1, 'gone', 'g' || value, 0, 40 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`;
      const values = JSON.stringify(Array.from({ length: 30 }, (_, i) => i));
      await env.CATALOG.prepare(insert).bind(appId, values).run();
      await env.CATALOG.prepare(
        "UPDATE label_values SET first_day = first_day - 3, last_day = last_day + 5 WHERE app_id = ?1 AND name = 'pod'",
      )
        .bind(appId)
        .run();
    },
  };
}

it("keeps each label that a segment has, whoever pushes, however late, and whatever is sealed meanwhile", async () => {
  const tiny = { pages: 2, heads: 2, headBytes: 700, length: 60, dropped: 2, rows: 9 };
  for (let seed = 1; seed <= 2; seed++) {
    const random = randomOf(seed);
    const appId = await makeApp(`names${seed}`);
    const app = appUnderTest(appId, random);
    for (let i = 0; i < 10; i++) await app.seal();
    // The second deletion meets what is left of the pushers of the first.
    const seen: DeletionRow[] = [];
    for (let order = 0; order < 2; order++) {
      await app.litter();
      const id = await lookingFor(appId);
      for (let acts = 0; ; acts++) {
        const now = (await readDeletion(env.CATALOG, id))!;
        if (namesOf(now).dropped === null) break;
        expect(acts).toBeLessThan(400);
        seen.push(now);
        const some = Array.from(
          { length: 1 + random(3) },
          () => seen[seen.length - 1 - random(Math.min(9, seen.length))]!,
        );
        if (random(4) === 0) await app.seal();
        await Promise.all([...some, now].map((row) => forgetLabels(ports, row, tiny)));
      }
      const done = (await readDeletion(env.CATALOG, id))!;
      expect(done.progress).toMatchObject({ epoch: 7 });
      expect([...namesOf(done).types].sort()).toEqual(["t0", "t1", "t2"]);
      expect(await labelsOf(appId), `seed ${seed}, deletion ${order}`).toEqual(app.kept);
      await advance(env.CATALOG, done, { state: "purge" }).run();
      await app.seal();
      for (const row of seen.slice(-5)) await forgetLabels(ports, row, tiny);
      expect(await labelsOf(appId), `seed ${seed}, after deletion ${order}`).toEqual(app.kept);
    }
  }
});

it("takes away a hundred thousand labels and leaves as many on their days, within the limits of one call", async () => {
  const appId = await makeApp("labelled");
  const insert = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199999)
    INSERT INTO label_values (app_id, name, value, first_day, last_day) SELECT ?1, 'pod', 'p' || i, 5, 90 FROM n`;
  await env.CATALOG.prepare(insert).bind(appId).run();
  const names = noNames();
  for (let i = 0; i < 200_000; i += 2)
    noteSeries(names, { typeId: "t", labels: [["pod", `p${i}`]] }, { start: 7 * DAY, width: DAY });
  const looking = { appId, deletion: await lookingFor(appId) };
  await markLabels(env.CATALOG, looking, names.labels.values());
  let place: typeof FIRST_PLACE | null = FIRST_PLACE;
  for (let calls = 0; place !== null; calls++) {
    expect(calls).toBeLessThan(50);
    place = await dropUnmarked(env.CATALOG, looking, place, 5000);
  }
  expect(
    await rows(
      "SELECT count(*) AS n, min(first_day) AS first, max(last_day) AS last FROM label_values WHERE app_id = ?",
      appId,
    ),
  ).toEqual([{ n: 100_000, first: 7, last: 7 }]);
});
