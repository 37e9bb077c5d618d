// A share whose maker died before its row was written: nobody ever sees it, and what it put must not stay.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readShare, writeShare } from "../../src/storage/shares.ts";
import { deadAt } from "../support/dead-call.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { runCron } from "../support/worker-call.ts";
import { made, see } from "./share-calls.ts";

standStill();

it("leaves no objects for long when a share was never finished", async () => {
  const kept = await made();
  const [row, unfinished] = [await readShare(env.CATALOG, kept.key, clock.now), "U".repeat(32)];
  const stores = {
    database: deadAt(env.CATALOG, "batch"),
    bucket: deadAt(env.SEGMENTS, "list"),
    tenant: "anonymous",
  };
  const object = { name: "data.json.gz", bytes: Uint8Array.of(1) };
  await expect(writeShare(stores, { ...row!, key: unfinished }, [object])).rejects.toThrow("dead");
  const keysThere = async () => {
    const keys = (await env.SEGMENTS.list()).objects.map(({ key }) => key.split("/")[3]);
    return [kept.key, unfinished].filter((key) => keys.includes(key));
  };
  expect(await keysThere()).toEqual([kept.key, unfinished]);
  clock.now += 3600;
  await runCron();
  expect(await keysThere()).toEqual([kept.key]);
  expect((await see(`${kept.path}/data`)).status).toBe(200);
});
