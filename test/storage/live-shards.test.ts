// Which objects cron asks whether their alarm was lost.
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { liveShards } from "../../src/storage/sweep.ts";
import { emptyCatalog, makeApp, rows } from "../support/catalog-rows.ts";
import { T0 } from "../support/object-clock.ts";

beforeEach(emptyCatalog);

it("asks every overdue object in each turn, however many others are busy", async () => {
  const since = [...Array.from({ length: 30 }, () => T0), T0 - 7200, T0 - 7100, T0 - 7000];
  for (const [i, liveSince] of since.entries()) {
    const app = await makeApp(`app${i}`);
    await rows("INSERT INTO shards (app_id, shard, live_since, last_part) VALUES (?, 0, ?, 0)", app, liveSince);
  }
  for (let turn = 0; turn < 4; turn++) {
    const asked = await liveShards(env.CATALOG, 10, turn, T0 - 4500);
    expect(asked.map(({ service }) => service)).toEqual(["app30", "app31", "app32"]);
  }
  const shares = await Promise.all([0, 1, 2, 3].map((turn) => liveShards(env.CATALOG, 10, turn)));
  expect(new Set(shares.flat().map(({ service }) => service)).size).toBe(33);
});
