// The test set-up in workerd: migrations are in, and files arrive byte for byte.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { describeWithSharedData } from "../support/skips.ts";
import { listShared, readFixture, readShared } from "../support/test-files.ts";

it("finds the catalog's tables", async () => {
  const { results } = await env.CATALOG.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  expect(results.length).toBeGreaterThan(2);
});

it("reads fixtures, and names a missing one", async () => {
  const request = await readFixture("requests/go-current/1-cpu.bin");
  expect(request.length).toBeGreaterThan(1000);
  await expect(readFixture("requests/none.bin")).rejects.toThrow("no file fixtures/requests/none.bin");
});

describeWithSharedData("shared data in workerd", () => {
  it("is listed and read", async () => {
    expect(await listShared("pprof")).toContain("TRUTH.json");
    const zipped = await readShared("pprof/go-heap.pb.gz");
    expect([...zipped.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });
});
