// An app over several objects: nothing is lost and nothing counted twice while it splits and merges, whatever else happens.
import * as cloudflareTest from "cloudflare:test";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { timelineObject } from "../../src/aggregate/object-name.ts";
import { LIMITS } from "../../src/config.ts";
import { storePorts } from "../../src/http/ports.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { knownMaps } from "../../src/ingest/known-maps.ts";
import { type StorePorts, storeUpload } from "../../src/ingest/store-upload.ts";
import { routeOf, type ShardMap } from "../../src/segment/shard-map.ts";
import { d1ShardMaps } from "../../src/storage/shard-maps.ts";
import { clock, HOUR, standStill, T0 } from "../support/object-clock.ts";
import { randomOf } from "../support/seeded.ts";
import { call } from "../support/worker-call.ts";

standStill();

const evict = (cloudflareTest as { evictDurableObject?: (object: unknown) => Promise<void> }).evictDurableObject;
const DAY = 24 * HOUR;
const shardObject = (app: string, shard: number) => timelineObject(env as never, "anonymous", app, shard);

const mapOf = async (app: string): Promise<ShardMap | null> => d1ShardMaps(env.CATALOG).read("anonymous", app);
const homeMapOf = (app: string): Promise<ShardMap> =>
  runInDurableObject(shardObject(app, 0) as never, (_instance: unknown, { storage }: DurableObjectState) => {
    const row = storage.sql.exec("SELECT value FROM meta WHERE key = 'object'").one();
    return (JSON.parse(String(row.value)) as { map?: ShardMap }).map ?? [{ version: 0, count: 1, since: 0 }];
  });

interface Upload {
  readonly id: string;
  readonly keepSeconds: number;
  readonly pod: string;
  readonly at: number;
  readonly value: number;
  readonly firstSentAt: number;
  isAcknowledged: boolean;
}

interface Held {
  readonly upload: Upload;
  arrive(): Promise<unknown>;
}

/** One isolate: its own memory of maps, and a network that loses requests and answers, or delivers them late. */
function isolate(random: (below: number) => number, held: Held[], answers: Map<string, number>) {
  const real = storePorts(env as never);
  const maps = knownMaps(new Map(), real.clock, (tenant, service) => d1ShardMaps(env.CATALOG).read(tenant, service));
  const count = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);
  const portsFor = (upload: Upload, isFaulty: boolean): StorePorts => ({
    ...real,
    maps,
    async append(request) {
      const fate = isFaulty ? random(8) : 7;
      if (fate === 0) throw new Error("request lost");
      if (fate <= 2) {
        held.push({ upload, arrive: () => real.append(request) });
        throw new Error("timed out");
      }
      const answer = await real.append(request);
      count(`append ${answer.kind}`);
      if (fate === 3) throw new Error("answer lost");
      return answer;
    },
    async forgo(service, shard, request) {
      if (isFaulty && random(10) === 0) throw new Error("request lost");
      const answer = await real.forgo(service, shard, request);
      count(answer.kind === "forgone" && answer.stored.length > 0 ? "forgo stored" : `forgo ${answer.kind}`);
      if (isFaulty && random(10) === 0) throw new Error("answer lost");
      return answer;
    },
  });
  return async (app: string, upload: Upload, isFaulty: boolean): Promise<void> => {
    const { pod, at, value, id, keepSeconds } = upload;
    const params = new URLSearchParams({ name: `${app}.cpu{pod=${pod}}`, from: `${at}`, until: `${at + 10}` });
    const body = new TextEncoder().encode(`main;work ${value}`);
    const decoded = await decodeUpload(
      { params, contentType: "", body },
      { now: clock.now, limits: LIMITS, goRepair: false },
    );
    if (decoded === null) throw new Error("nothing decoded");
    const identity = { ids: [{ id, keepSeconds }], route: routeOf(pod) };
    try {
      await storeUpload(portsFor(upload, isFaulty), decoded, identity);
      upload.isAcknowledged = true;
    } catch (error) {
      if (!isFaulty) throw error;
    }
  };
}

const seen = new Map<string, number>();
let widest = 0;
let versions = 0;

describe("random programs of uploads, retries, splits, merges and evictions", () => {
  it.each([1, 2, 3, 4, 5])("program %i counts every upload once", { timeout: 120_000 }, async (number) => {
    const random = randomOf(number * 104_729);
    const app = `spread${number}`;
    const held: Held[] = [];
    const isolates = Array.from({ length: 3 }, () => isolate(random, held, seen));
    const uploads: Upload[] = [];
    const isCurrent = ({ firstSentAt, keepSeconds }: Upload) => clock.now < firstSentAt + keepSeconds - 30;
    const send = (upload: Upload, isFaulty: boolean) => isolates[random(3)]!(app, upload, isFaulty);
    const fresh = (): Upload => {
      const n = uploads.length;
      const id = `${routeOf(`${number}/${n}`).toString(16).padStart(8, "0")}${n.toString(16).padStart(16, "0")}`;
      const keepSeconds = random(4) === 0 ? 300 : DAY;
      const at = T0 + 10 * random(2000);
      const upload = {
        id,
        keepSeconds,
        pod: `p${random(40)}`,
        at,
        value: 1 + random(1000),
        firstSentAt: clock.now,
        isAcknowledged: false,
      };
      uploads.push(upload);
      return upload;
    };
    /** A sender goes on until it is told that the upload is stored. */
    const settleShortLived = async () => {
      for (const upload of uploads) {
        if (upload.keepSeconds === 300 && !upload.isAcknowledged && isCurrent(upload)) await send(upload, false);
      }
    };
    const deliver = async (chosen: readonly Held[]) => {
      for (const { upload, arrive } of chosen) {
        held.splice(
          held.findIndex((one) => one.arrive === arrive),
          1,
        );
        if (isCurrent(upload)) await arrive().catch(() => undefined);
      }
    };
    const tick = async (shard: number) => {
      await Promise.all([
        runDurableObjectAlarm(shardObject(app, shard) as never),
        shardObject(app, shard).tick(),
      ]).catch(() => undefined);
    };
    const prototype = Object.getPrototypeOf(env.CATALOG);
    const prepare = prototype.prepare;
    let isCatalogFaulty = false;
    prototype.prepare = function (text: string) {
      if (isCatalogFaulty && /shard_maps/.test(text) && random(2) === 0) throw new Error("injected");
      return prepare.call(this, text);
    };
    try {
      await send(fresh(), false);
      clock.now += 100;
      for (let step = 0; step < 100; step++) {
        const what = random(20);
        if (what < 6) await Promise.all(Array.from({ length: 1 + random(6) }, () => send(fresh(), true)));
        else if (what < 11) {
          const old = uploads.filter(isCurrent);
          const chosen = Array.from({ length: 1 + random(5) }, () => old[random(old.length)]).filter(
            (one) => one !== undefined,
          );
          await Promise.all(
            chosen.flatMap((one) => (random(2) === 0 ? [send(one, true)] : [send(one, true), send(one, true)])),
          );
        } else if (what < 13) await deliver(held.filter(() => random(2) === 0));
        else if (what < 15) {
          isCatalogFaulty = random(2) === 0;
          const [{ version }] = await homeMapOf(app);
          const change = shardObject(app, 0)
            .grow(version)
            .catch(() => undefined);
          if (random(2) === 0) await Promise.all([change, send(fresh(), true), deliver(held.slice(0, 2))]);
          await change;
          isCatalogFaulty = false;
        } else if (what === 15) await evict?.(shardObject(app, random(8))).catch(() => undefined);
        else if (what === 16) await tick(random(4));
        else if (what === 17) clock.now += [5, 40, 100, 200][random(4)]!;
        else if (clock.now < T0 + 20 * HOUR && random(3) === 0) {
          await settleShortLived();
          clock.now += HOUR + 120;
          await Promise.all([tick(0), random(2) === 0 ? send(fresh(), true) : undefined]);
        }
        const [{ count, version }] = await homeMapOf(app);
        widest = Math.max(widest, count);
        versions = Math.max(versions, version);
      }
      clock.now += 10;
      await tick(0);
      for (const upload of uploads) if (!upload.isAcknowledged && isCurrent(upload)) await send(upload, false);
      await deliver([...held]);
      for (const upload of uploads) if (isCurrent(upload)) await send(upload, false);
    } finally {
      prototype.prepare = prepare;
    }
    const acknowledged = uploads.filter(({ isAcknowledged }) => isAcknowledged);
    const lost = uploads.filter(({ isAcknowledged }) => !isAcknowledged);
    expect(lost.length).toBeLessThan(uploads.length / 4);
    const response = await call(`/render?query=${app}.cpu&from=${T0}&until=${T0 + DAY}&groupBy=pod`);
    const body = (await response.json()) as { flamebearer: { numTicks: number }; edgeflame: { uploads: number } };
    // One that was never acknowledged and is past its time may be there or not, but only once.
    const least = acknowledged.reduce((sum, { value }) => sum + value, 0);
    const most = least + lost.reduce((sum, { value }) => sum + value, 0);
    expect(body.flamebearer.numTicks).toBeGreaterThanOrEqual(least);
    expect(body.flamebearer.numTicks).toBeLessThanOrEqual(most);
    expect(body.edgeflame.uploads).toBeGreaterThanOrEqual(acknowledged.length);
    expect(body.edgeflame.uploads).toBeLessThanOrEqual(uploads.length);
    const settledMap = await mapOf(app);
    expect(settledMap).toEqual(await homeMapOf(app));
  });

  it("saw splits, merges, refusals and uploads that an older shard had", () => {
    console.log(JSON.stringify({ widest, versions, ...Object.fromEntries(seen) }));
    expect(widest).toBeGreaterThanOrEqual(8);
    expect(versions).toBeGreaterThanOrEqual(6);
    for (const what of ["append duplicate", "append map changed", "forgo stored", "forgo forgone"]) {
      expect([what, seen.get(what) ?? 0]).toEqual([what, expect.toSatisfy((count: number) => count > 10)]);
    }
  });
});
