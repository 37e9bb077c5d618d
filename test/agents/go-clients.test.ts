// The Go app of today and that of 2022 for half a minute each: what they send is taken, and is there soon after.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithGo } from "../support/skips.ts";
import { fetchRender, shareOfFunction, untilVisible } from "./render.ts";
import {
  type App,
  buildGoApp,
  type GoClient,
  type SeenUpload,
  startGoRegions,
  startWitness,
  type UploadWitness,
} from "./rideshare.ts";

const RUN_MS = 36_000; // the client of 2022 uploads every 10 s, and its heap from the second upload on
const VISIBLE_WITHIN_MS = 15_000;
const CLIENTS: readonly GoClient[] = ["current", "2022"];
/** Old names: every one must have data. */
const TYPES = ["cpu", "alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "goroutines"];

describeWithGo("the Go clients of today and of 2022", () => {
  let server: TestServer;
  const witnesses = new Map<GoClient, UploadWitness>();
  const delays = new Map<GoClient, Promise<number>[]>();
  const appName = (client: GoClient) => `rideshare-${client}`;
  const seenOf = (client: GoClient): readonly SeenUpload[] => witnesses.get(client)?.seen ?? [];

  beforeAll(async () => {
    server = await startServer();
    const programs = CLIENTS.map(buildGoApp);
    const apps: App[] = [];
    for (const [index, client] of CLIENTS.entries()) {
      const waits: Promise<number>[] = [];
      delays.set(client, waits);
      const witness = await startWitness(server.url, ({ params, sentMs }) => {
        const isCpu = params.get("units") === "samples";
        const ask = {
          query: `${appName(client)}.cpu`,
          from: params.get("from") ?? "",
          until: params.get("until") ?? "",
        };
        if (isCpu) waits.push(untilVisible(server.url, ask, sentMs));
      });
      witnesses.set(client, witness);
      apps.push(
        await startGoRegions(programs[index] ?? "", ["us-west-1"], {
          APP_NAME: appName(client),
          PYROSCOPE_SERVER_ADDRESS: witness.url,
          UPLOAD_SECONDS: "5",
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, RUN_MS));
    await Promise.all(apps.map((app) => app.stop()));
    await Promise.all([...delays.values()].flat());
  });
  afterAll(async () => {
    for (const witness of witnesses.values()) await witness.close();
    await server?.stop();
  });

  it.each(CLIENTS)("take every upload of the client: %s", (client) => {
    expect(seenOf(client).length).toBeGreaterThanOrEqual(6);
    expect(seenOf(client).filter(({ status }) => status !== 200)).toEqual([]);
    expect([...new Set(seenOf(client).map(({ path }) => path))]).toEqual(["/ingest"]);
  });

  it("take the cumulative profiles of 2022, each with the one before", () => {
    const pairs = seenOf("2022").filter(({ parts }) => parts.includes("prev_profile"));
    expect(pairs.length).toBeGreaterThanOrEqual(2);
    expect(seenOf("current").some(({ parts }) => parts.includes("prev_profile"))).toBe(false);
  });

  it.each(CLIENTS)("show an upload within 15 s of being sent: %s", async (client) => {
    const waited = await Promise.all(delays.get(client) ?? []);
    console.log(`${client}: ${waited.length} cpu uploads, visible after at most ${Math.round(Math.max(...waited))} ms`);
    expect(waited.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...waited)).toBeLessThan(VISIBLE_WITHIN_MS);
  });

  it.each(CLIENTS.flatMap((client) => TYPES.map((type) => [client, type] as const)))(
    "have data of the client %s under the old name %s",
    async (client, type) => {
      const answer = await fetchRender(server.url, { query: `${appName(client)}.${type}`, from: "now-5m" });
      expect(answer.flamebearer.numTicks).toBeGreaterThan(0);
      expect(answer.flamebearer.names).toContain(type === "goroutines" ? "main.serve" : "main.FindNearestVehicle");
    },
  );

  it.each(CLIENTS)("keep the tags apart, so that cars are all that vehicle=car shows: %s", async (client) => {
    const cars = await fetchRender(server.url, { query: `${appName(client)}.cpu{vehicle="car"}`, from: "now-5m" });
    expect(shareOfFunction(cars, "main.OrderCar")).toBeGreaterThan(0.95);
    const all = await fetchRender(server.url, { query: `${appName(client)}.cpu`, from: "now-5m" });
    expect(shareOfFunction(all, "main.OrderCar")).toBeGreaterThan(shareOfFunction(all, "main.OrderScooter"));
    expect(shareOfFunction(all, "main.OrderScooter")).toBeGreaterThan(shareOfFunction(all, "main.OrderBike"));
  });
});
