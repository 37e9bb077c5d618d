// What one pass of retention over the catalog lets go of.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { dropExpired } from "../../src/storage/retention.ts";
import { emptyCatalog, makeApp, rows } from "../support/catalog-rows.ts";
import { HOUR, T0 } from "../support/object-clock.ts";

beforeEach(emptyCatalog);

const DAY = 24 * HOUR;

interface Row {
  readonly width?: number;
  readonly start: number;
  readonly shard?: number;
  readonly part?: number;
  readonly finest: number;
  readonly epoch?: number;
  readonly covers?: Record<string, number>;
  readonly expires?: number | null;
}

const keyOf = ({ width = HOUR, start, shard = 0, part = 1, finest }: Row) =>
  `${width}/${start}/${shard}/${finest}/${part}`;

async function insert(appId: number, list: readonly Row[]): Promise<void> {
  for (const row of list) {
    const { width = HOUR, start, shard = 0, part = 1, finest, epoch = 1, covers = null, expires = 1 } = row;
    await env.CATALOG.prepare(
      `INSERT INTO segments (app_id, width, start, shard, part, finest, dict_shard, epoch, covers, expires_at, object_key,
         object_bytes, head_offset, head_length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 1)`,
    )
      .bind(
        appId,
        width,
        start,
        shard,
        part,
        finest,
        shard,
        epoch,
        covers === null ? null : JSON.stringify(covers),
        expires,
        `${appId}:${keyOf(row)}`,
      )
      .run();
  }
}

const left = async (appId: number) =>
  (await rows<{ k: string }>("SELECT object_key AS k FROM segments WHERE app_id = ? ORDER BY k", appId)).map(({ k }) =>
    k.slice(k.indexOf(":") + 1),
  );
const pass = (most = 1000, now = T0) => dropExpired(env.CATALOG, { now, most, retireAfter: now + 3600 });
const pending = (appId: number, width: number, start: number) =>
  env.CATALOG.prepare("INSERT INTO compactions VALUES (?, ?, ?, 0, 1)").bind(appId, width, start).run();

const DAY0 = T0 - (T0 % (30 * DAY)) - 60 * DAY;
const hour10: Row = { start: DAY0 + 7 * HOUR, finest: 10 };
const hour60: Row = { start: DAY0 + 7 * HOUR, finest: 60, part: 2 };
const window: Row = {
  width: 6 * HOUR,
  start: DAY0 + 6 * HOUR,
  finest: 3600,
  shard: -1,
  covers: { 0: 2 },
  expires: null,
};
const day: Row = { width: DAY, start: DAY0, finest: 86_400, shard: -1, covers: { 0: 2 }, expires: null };
const month: Row = { width: 30 * DAY, start: DAY0, finest: 86_400, shard: -1, covers: { 0: 2 }, expires: null };

describe("a pass", () => {
  it.each<[string, Row[], [width: number, start: number][], string[]]>([
    ["lets go of 10 s nodes whatever is pending", [hour10], [[6 * HOUR, window.start]], []],
    ["keeps what is not past its date", [{ ...hour10, expires: T0 + 1 }], [], [keyOf(hour10)]],
    ["keeps what has no date", [{ ...hour10, expires: null }], [], [keyOf(hour10)]],
    ["keeps an hour that nothing covers", [hour60], [], [keyOf(hour60)]],
    [
      "keeps an hour whose part is later than what is merged",
      [{ ...hour60, part: 3 }, window],
      [],
      [keyOf({ ...hour60, part: 3 }), keyOf(window)],
    ],
    [
      "keeps an hour of a shard that is not merged",
      [{ ...hour60, shard: 1 }, window],
      [],
      [keyOf({ ...hour60, shard: 1 }), keyOf(window)],
    ],
    [
      "keeps an hour while its window is to be merged",
      [hour60, window],
      [[6 * HOUR, window.start]],
      [keyOf(hour60), keyOf(window)],
    ],
    ["keeps an hour while its day is to be merged", [hour60, window], [[DAY, DAY0]], [keyOf(hour60), keyOf(window)]],
    [
      "lets go of an hour that a window covers, though another window is pending",
      [hour60, window],
      [[6 * HOUR, DAY0]],
      [keyOf(window)],
    ],
    ["lets go of an hour that thirty days cover", [hour60, month], [], [keyOf(month)]],
    ["keeps a window that no day covers", [{ ...window, expires: 1 }], [], [keyOf(window)]],
    [
      "keeps a window that a day covers in part",
      [{ ...window, covers: { 0: 2, 1: 1 }, expires: 1 }, day],
      [],
      [keyOf(day), keyOf(window)].sort(),
    ],
    [
      "keeps a window until the whole day's are past their date",
      [{ ...window, expires: T0 - HOUR }, day],
      [],
      [keyOf(day), keyOf(window)].sort(),
    ],
    ["lets go of a window that a day covers", [{ ...window, expires: T0 - 12 * HOUR }, day], [], [keyOf(day)]],
    ...[0, 7, 119].map((nth): [string, Row[], [number, number][], string[]] => [
      `keeps thirty days while their window ${nth} is to be merged`,
      [{ ...month, expires: 1 }],
      [[6 * HOUR, DAY0 + nth * 6 * HOUR]],
      [keyOf(month)],
    ]),
    [
      "keeps thirty days while their last day is to be merged",
      [{ ...month, expires: 1 }],
      [[DAY, DAY0 + 29 * DAY]],
      [keyOf(month)],
    ],
    [
      "lets go of thirty days while the windows beside them are to be merged",
      [{ ...month, expires: 1 }],
      [
        [6 * HOUR, DAY0 - 6 * HOUR],
        [6 * HOUR, DAY0 + 30 * DAY],
        [DAY, DAY0 + 30 * DAY],
      ],
      [],
    ],
    [
      "lets go of days, and of nothing else",
      [
        { ...month, expires: 1 },
        { ...hour60, expires: null },
      ],
      [],
      [keyOf(hour60)],
    ],
  ])("%s", async (_name, list, compactions, expected) => {
    const appId = await makeApp("one");
    const other = await makeApp("other");
    await insert(appId, list);
    await insert(other, [{ ...hour10, expires: null }]);
    for (const [width, start] of compactions) await pending(appId, width, start);
    await pass();
    expect(await left(appId)).toEqual(expected.sort());
    expect(await left(other)).toHaveLength(1);
    await pass();
    expect(await left(appId)).toEqual(expected.sort());
  });

  it("says from when on everything is there, and retires the objects", async () => {
    const appId = await makeApp("said");
    await insert(appId, [hour10, { ...hour60 }, window, { ...window, start: DAY0, expires: 1 }, day]);
    await pass();
    const [app] = await rows(
      "SELECT dropped_10, dropped_60, dropped_3600, dropped_86400, merge_seq FROM apps WHERE id = ?",
      appId,
    );
    expect(app).toEqual({
      dropped_10: DAY0 + 8 * HOUR,
      dropped_60: DAY0 + 8 * HOUR,
      dropped_3600: DAY0 + DAY, // the window ends at six, but readers then take days
      dropped_86400: 0,
      merge_seq: 1,
    });
    const retired = await rows("SELECT object_key, delete_after FROM retired_objects ORDER BY object_key");
    expect(retired).toHaveLength(3);
    expect(retired[0]).toMatchObject({ delete_after: T0 + 3600 });
  });

  it("is bounded, goes by age, and is not held up by rows that must wait", async () => {
    const appId = await makeApp("bounded");
    const waiting = Array.from({ length: 5 }, (_, i) => ({ ...hour60, part: 10 + i, expires: 1 }));
    const free = Array.from({ length: 5 }, (_, i) => ({ ...hour10, part: i, expires: 10 + i }));
    await insert(appId, [...waiting, ...free]);
    expect([...(await pass(2))]).toEqual([[10, 2]]);
    expect((await left(appId)).filter((key) => key.includes("/10/"))).toEqual(
      [2, 3, 4].map((part) => keyOf({ ...hour10, part })),
    );
    await pass(3);
    expect(await left(appId)).toEqual(waiting.map(keyOf).sort());
  });

  it("leaves an app alone while a deletion works on it", async () => {
    const appId = await makeApp("deleting");
    await insert(appId, [hour10]);
    await env.CATALOG.prepare(
      "INSERT INTO deletions (tenant_id, app_id, service, requested_at, state) VALUES (1, ?, 'x', 1, 'rewrite')",
    )
      .bind(appId)
      .run();
    await pass();
    expect(await left(appId)).toEqual([keyOf(hour10)]);
    await env.CATALOG.prepare("UPDATE deletions SET state = 'done', done_at = 2").run();
    await pass();
    expect(await left(appId)).toEqual([]);
  });

  it("takes the dictionaries of epochs that are over and of which no hour is left", async () => {
    const appId = await makeApp("epochs");
    const stretch = (shard: number, epoch: number) =>
      env.CATALOG.prepare("INSERT INTO dictionaries VALUES (?, ?, ?, 1, 9, ?, 1)")
        .bind(appId, shard, epoch, `d${shard}/${epoch}`)
        .run();
    for (const [shard, epoch] of [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
    ] as const)
      await stretch(shard, epoch);
    await insert(appId, [
      { ...hour60, epoch: 1 },
      { ...hour60, start: hour60.start + HOUR, epoch: 2, expires: null },
      { ...window, covers: { 0: 9 } },
    ]);
    await pass();
    expect(await rows("SELECT object_key AS k FROM dictionaries ORDER BY k")).toEqual([
      { k: "d0/2" },
      { k: "d0/3" },
      { k: "d1/1" },
    ]);
    expect(await rows("SELECT 1 FROM retired_objects WHERE object_key = 'd0/1'")).toHaveLength(1);
  });
});
