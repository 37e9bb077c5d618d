// What a question would touch, against what was uploaded and what the bucket holds: while it is live, when it is sealed, and both.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { emptyCatalog, rows } from "../support/catalog-rows.ts";
import { clock, HOUR, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { ask, ms, NANOS, push, type Sample } from "../support/span-calls.ts";

standStill();

interface Analysis {
  readonly queryScopes: readonly Readonly<Record<string, string>>[];
  readonly queryImpact: Readonly<Record<string, string>>;
}

const APP = "analyzed";
const sample = (at: number, region: string): Sample => ({
  at,
  region,
  stack: "main;work",
  count: 2,
  span: "",
  trace: "",
});
const analyze = async (query: string, from = T0, until = T0 + 4 * HOUR) => {
  const { queryScopes, queryImpact } = await ask<Analysis>("AnalyzeQuery", { query, start: ms(from), end: ms(until) });
  const [short, long] = queryScopes.map(({ componentType: _, ...numbers }) =>
    Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)])),
  );
  return { short, long, impact: queryImpact };
};

/** Bytes of the app's objects whose keys have a mark. */
async function bytesOf(mark: string): Promise<{ count: number; bytes: number }> {
  const [app] = await rows<{ id: number }>("SELECT id FROM apps WHERE name = ?", APP);
  const { objects } = await env.SEGMENTS.list();
  const own = objects.filter(({ key }) => key.includes(`/a/${app!.id}/${mark}/`));
  return { count: own.length, bytes: own.reduce((sum, { size }) => sum + size, 0) };
}

it("counts services, segments, series, profiles and bytes of a range", async () => {
  clock.now = T0 + 60;
  // Two regions with two types each, three uploads of one and one of the other: 4 series, 8 profiles.
  for (const at of [T0, T0 + 20, T0 + 40]) await push(APP, [sample(at, "eu")], `eu-${at}`);
  await push(APP, [sample(T0, "us")]);
  await push("analyzed.other", [sample(T0, "eu")]);
  const query = `{service_name="${APP}"}`;
  expect(await analyze(query)).toEqual({
    short: { componentCount: 1, seriesCount: 4, profileCount: 8 },
    long: {},
    impact: { totalQueriedSeries: "4" },
  });
  expect((await analyze(`${NANOS}{service_name="${APP}",region="eu"}`)).short).toEqual({
    componentCount: 1,
    seriesCount: 1,
    profileCount: 3,
  });
  expect((await analyze("")).short).toMatchObject({ componentCount: 2, seriesCount: 6, profileCount: 10 });

  clock.now = T0 + 2 * HOUR;
  await runAlarm(APP, 3);
  const segments = await bytesOf("s/0");
  const dictionaries = await bytesOf("d/0");
  const sealed = await analyze(query);
  const { indexBytes = 0, profileBytes = 0, ...counts } = sealed.long!;
  expect(sealed.short).toEqual({});
  expect(dictionaries.bytes).toBeGreaterThan(0);
  // A whole range takes no nodes of 10 s: they are in an object of their own.
  expect(counts).toEqual({
    componentCount: 1,
    blockCount: segments.count - 1,
    seriesCount: 4,
    profileCount: 8,
    symbolBytes: dictionaries.bytes,
  });
  expect(indexBytes).toBeGreaterThan(0);
  const [coarse] = await rows<{ bytes: number; head: number }>(
    "SELECT object_bytes AS bytes, head_length AS head FROM segments s JOIN apps a ON a.id = s.app_id WHERE a.name = ? AND finest = 60",
    APP,
  );
  expect([indexBytes, indexBytes + profileBytes]).toEqual([coarse!.head, coarse!.bytes]);
  expect(sealed.impact).toEqual({
    totalBytesInTimeRange: String(coarse!.bytes + dictionaries.bytes),
    totalQueriedSeries: "4",
  });
  // Cut within a minute it takes both objects.
  const cut = await analyze(query, T0 + 10);
  expect(cut.long).toMatchObject({ blockCount: segments.count, seriesCount: 2, profileCount: 4 });
  expect(cut.long!.indexBytes! + cut.long!.profileBytes!).toBe(segments.bytes);

  // The same series again, live: counted once over both.
  await push(APP, [sample(T0 + 2 * HOUR, "eu")]);
  const both = await analyze(query);
  expect(both.short).toEqual({ componentCount: 1, seriesCount: 2, profileCount: 2 });
  expect(both.long).toEqual(sealed.long);
  expect(both.impact).toEqual(sealed.impact);
  expect(await analyze(query, T0 + 3 * HOUR, T0 + 4 * HOUR)).toMatchObject({ long: {}, impact: {} });
});

it("GetProfileStats says of when the oldest and the newest profile are", async () => {
  await emptyCatalog();
  const stats = () => ask<object>("GetProfileStats", {});
  expect(await stats()).toEqual({});
  clock.now = T0 + 30;
  // Its clock is an hour ahead.
  await push("stats.ahead", [sample(T0 + HOUR, "eu")]);
  expect(await stats()).toEqual({ dataIngested: true, oldestProfileTime: ms(T0 + 30), newestProfileTime: ms(T0 + 30) });
  clock.now = T0 + 4 * HOUR;
  await runAlarm("stats.ahead", 3);
  expect(await stats()).toEqual({
    dataIngested: true,
    oldestProfileTime: ms(T0 + HOUR),
    newestProfileTime: ms(T0 + HOUR),
  });
  clock.now = T0 + 5 * HOUR;
  await push("stats.later", [sample(T0 + 5 * HOUR, "eu")]);
  expect(await stats()).toEqual({
    dataIngested: true,
    oldestProfileTime: ms(T0 + HOUR),
    newestProfileTime: ms(T0 + 5 * HOUR),
  });
});
