// Rows are what a Durable Object's storage charges for: how many an upload costs, what they leave behind, and whether the rows
// of an older release are still read.
import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { objectTables } from "../../src/aggregate/object-tables.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { clock, HOUR, objectOf, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { watchStorage } from "../support/storage-hooks.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const inSql = <T>(app: string, act: (sql: SqlStorage) => T): Promise<T> =>
  runInDurableObject(objectOf(app) as never, (_instance: unknown, state: DurableObjectState) => act(state.storage.sql));

async function totalOf(app: string): Promise<number> {
  const response = await call(`/render?query=${app}.cpu&from=${T0}&until=${T0 + 5 * HOUR}`);
  return ((await response.json()) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

async function sendPprof(app: string, count: number, at = T0): Promise<string | null> {
  const timeless = pprofOf({ types: ["samples/count"], samples: [{ stack: ["main", "work"], values: [count] }] });
  const body = concat(timeless, message([9, BigInt(at) * 1_000_000_000n + 1n])); // one with its time, to the nanosecond, has an id
  const query = new URLSearchParams({ name: app, from: `${at}`, until: `${at + 10}`, format: "pprof" });
  const response = await call(`/ingest?${query}`, { method: "POST", body });
  expect(response.status).toBe(200);
  return response.headers.get("edgeflame-duplicate");
}

async function uploadsOf(app: string): Promise<number> {
  const { services } = (await (await call("/api/services")).json()) as {
    services: { name: string; types: { id: string }[] }[];
  };
  const type = services.find(({ name }) => name === app)?.types[0]?.id;
  const query = encodeURIComponent(`${type}{service_name="${app}"}`);
  const response = await call(`/pyroscope/render?query=${query}&from=${T0}&until=${T0 + 5 * HOUR}`);
  return ((await response.json()) as { edgeflame: { uploads: number } }).edgeflame.uploads;
}

/** Rows that apps' objects write while `act` runs. */
async function rowsWritten(act: () => Promise<void>): Promise<number> {
  let rows = 0;
  const stop = await watchStorage({
    end(call, result) {
      const isOfApp = call.invocation?.name.startsWith("AppTimeline.") === true;
      if (isOfApp && call.store === "sql" && call.name === "exec")
        rows += (result as { rowsWritten: number }).rowsWritten;
    },
  });
  await act().finally(stop);
  return rows;
}

const bytesLeft = (app: string): Promise<number> =>
  inSql(app, (sql) => Number(sql.exec("SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM waiting").one().bytes));

describe("rows that an object writes", () => {
  it("are one for an upload with an id, and few for a fold of many", async () => {
    clock.now = T0 + 12;
    await sendPprof("rows", 1);
    await runAlarm("rows");
    const uploads = 50;
    const first = await rowsWritten(async () => {
      for (let n = 0; n < uploads; n++) await sendPprof("rows", 2 + n);
    });
    expect(first).toBe(uploads);
    const fold = await rowsWritten(() => runAlarm("rows"));
    expect(fold).toBeLessThanOrEqual(4);
    // The rows that the fold left are used again.
    const second = await rowsWritten(async () => {
      for (let n = 0; n < uploads; n++) await sendPprof("rows", 100 + n);
    });
    expect(second).toBe(uploads);
    expect(await inSql("rows", (sql) => Number(sql.exec("SELECT count(*) AS n FROM waiting").one().n))).toBe(uploads);
  });

  it("are one for an upload that is shed, too: its mark lies in that row, and costs two of a turn", async () => {
    clock.now = T0 + 12;
    const put = (limits: unknown) => call("/api/limits", { method: "PUT", body: JSON.stringify({ limits }) });
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    const uploads = 50;
    await sendPprof("shed-rows", 1);
    await runAlarm("shed-rows");
    clock.now = T0 + 12;
    const commits = await rowsWritten(async () => {
      for (let n = 0; n < uploads; n++) await sendPprof("shed-rows", 2 + n);
    });
    expect(commits).toBe(uploads);
    expect(await rowsWritten(() => runAlarm("shed-rows"))).toBeLessThanOrEqual(6);
    await put({ profilesPerSecond: null, profilesBurst: null });
    const response = await call(`/render?query=shed-rows&from=${T0}&until=${T0 + 60}`);
    const { edgeflame } = (await response.json()) as { edgeflame: { shed?: { uploads: number }[] } };
    expect(edgeflame.shed?.map((one) => one.uploads)).toEqual([uploads]);
  });
});

describe("what folds leave in rows", () => {
  it("goes when the object holds nothing live", async () => {
    clock.now = T0 + 12;
    await uploadFolded("left.cpu", T0, { "main;secretname": 3 });
    await runAlarm("left");
    expect(await bytesLeft("left")).toBeGreaterThan(0);
    clock.now = T0 + 2 * HOUR;
    await runAlarm("left", 2);
    expect(await bytesLeft("left")).toBe(0);
    expect(await totalOf("left")).toBe(3);
  });

  it("goes with a flush, which is what a deletion calls", async () => {
    clock.now = T0 + 12;
    await uploadFolded("flushed.cpu", T0, { "main;secretname": 3 });
    await objectOf("flushed").flush();
    expect(await bytesLeft("flushed")).toBe(0);
    await uploadFolded("flushed.cpu", T0, { "main;other": 4 });
    expect(await totalOf("flushed")).toBe(7);
  });

  it("stays within bounds, whatever the order of large and small groups", async () => {
    const left = await inSql("left-bound", (sql) => {
      const tables = objectTables(sql);
      const sizes: number[] = [];
      for (let small = 11; small >= 0; small--) {
        for (let i = 0; i < small; i++) tables.insertWaiting(Uint8Array.of(i));
        tables.insertWaiting(new Uint8Array(1_400_000));
        for (let next = tables.firstWaiting(1); next !== null; next = tables.firstWaiting(1)) {
          expect(next.groups).toHaveLength(1);
          tables.markFolded(next.lastTurn);
        }
        sizes.push(Number(sql.exec("SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM waiting").one().bytes));
      }
      return sizes;
    });
    expect(Math.max(...left)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(Math.max(...left)).toBeGreaterThan(4 * 1024 * 1024);
  });
});

/** What waits goes to the table in which the release before kept it. */
function asBefore(sql: SqlStorage): void {
  sql.exec("CREATE TABLE pending (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL)");
  sql.exec(
    `INSERT INTO pending (id, last, bytes) SELECT turn + 70, last, bytes FROM waiting
     WHERE turn > (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'folded') ORDER BY turn`,
  );
  sql.exec("DROP TABLE waiting");
  sql.exec(
    "CREATE TABLE chunks (id INTEGER PRIMARY KEY, part INTEGER NOT NULL, rung INTEGER NOT NULL, start INTEGER NOT NULL, arrived INTEGER NOT NULL, directory BLOB NOT NULL, vectors BLOB NOT NULL)",
  );
  sql.exec("CREATE INDEX chunks_place ON chunks (part, rung, start)");
  sql.exec(
    `INSERT INTO chunks (part, rung, start, arrived, directory, vectors)
     SELECT coalesce((SELECT part FROM frozen WHERE hour = start - start % 3600 AND part > after), 0), rung, start, arrived, directory, vectors
     FROM (SELECT CASE id >> 50 WHEN 0 THEN 10 WHEN 1 THEN 60 ELSE 600 END AS rung, ((id >> 20) & 1073741823) * 10 AS start, * FROM live_chunks)
     ORDER BY id`,
  );
  sql.exec("DROP TABLE live_chunks");
  sql.exec("DROP TABLE frozen");
  sql.exec("DELETE FROM meta WHERE key = 'folded'");
}

describe("rows of the release before", () => {
  it("are read, folded once, and their ids remembered", async () => {
    clock.now = T0 + 12;
    await sendPprof("before", 1);
    await runAlarm("before");
    for (let n = 0; n < 20; n++) await sendPprof("before", 2 ** n, T0 + 10);
    await inSql("before", asBefore);
    await abortAllDurableObjects();
    expect(await sendPprof("before", 2 ** 7, T0 + 10)).toBe("1");
    expect(await sendPprof("before", 2 ** 20, T0 + 10)).toBe(null);
    await abortAllDurableObjects();
    const tables = await inSql("before", (sql) =>
      sql.exec("SELECT name FROM sqlite_master WHERE name IN ('pending', 'waiting')").toArray(),
    );
    expect(tables).toEqual([{ name: "waiting" }]);
    await runAlarm("before");
    expect(await uploadsOf("before")).toBe(22);
  });

  it("are sealed by the plan they were frozen for, and what came later by the next", async () => {
    clock.now = T0 + 12;
    await uploadFolded("midway.cpu", T0, { "main;early": 3 });
    await runAlarm("midway");
    clock.now = T0 + 1.5 * HOUR;
    const stop = await watchStorage({
      begin(one) {
        if (one.store === "bucket" && one.name === "put") throw new Error("no bucket");
      },
    });
    await runAlarm("midway").finally(stop);
    await uploadFolded("midway.cpu", T0 + 20, { "main;late": 4 });
    await uploadFolded("midway.cpu", T0 + HOUR, { "main;next": 5 });
    expect(await totalOf("midway")).toBe(12);
    const parts = () =>
      inSql("midway", (sql) => sql.exec("SELECT part, count(*) AS n FROM frozen GROUP BY part").toArray());
    expect(await parts()).toEqual([{ part: 1, n: 1 }]);
    await inSql("midway", asBefore);
    await abortAllDurableObjects();
    expect(await totalOf("midway")).toBe(12);
    expect(await parts()).toEqual([{ part: 1, n: 1 }]);
    clock.now = T0 + 4 * HOUR;
    await runAlarm("midway", 4);
    expect(await totalOf("midway")).toBe(12);
    expect(await inSql("midway", (sql) => sql.exec("SELECT id FROM live_chunks").toArray())).toEqual([]);
  });
});
