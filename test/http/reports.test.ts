// Reports of shares: whoever has the link may tell, the operator sees and decides, and nothing can be filled with them.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { REPORTS } from "../../src/share/limits.ts";
import { insertReport } from "../../src/storage/share-reports.ts";
import { emptyCatalog, rows } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { call, runCron } from "../support/worker-call.ts";
import { made, policyOf, see } from "./share-calls.ts";

standStill();
beforeEach(emptyCatalog);

let address = 0;
const report = (path: string, fields: Record<string, string>, from = `192.0.2.${address++ % 250}`) =>
  call(
    `${path}/report`,
    { method: "POST", body: new URLSearchParams(fields), headers: { "x-forwarded-for": `198.18.0.1, ${from}` } },
    { EDGEFLAME_ADDRESS_HEADER: "x-forwarded-for" },
  );
interface Listed {
  readonly reports: { id: number; key: string; title: string | null; reason: string; details: string }[];
  readonly next: number | null;
}
const list = async (query = "") => (await (await call(`/api/reports${query}`)).json()) as Listed;

describe("a report", () => {
  it("is made by a form that needs no script, and reaches the operator as it was written", async () => {
    const { path, key } = await made({ title: "Checkout" });
    expect(await (await see(path)).text()).toContain(`<a href="../share/${key}/report">Report</a>`);
    const form = await see(`${path}/report`);
    expect([form.status, policyOf(form)]).toEqual([
      200,
      expect.stringContaining("form-action 'self'; frame-ancestors 'none'"),
    ]);
    expect(form.headers.get("set-cookie")).toBeNull();
    const details = `<script>alert(1)</script> ${"x".repeat(3000)}`;
    expect((await report(path, { reason: "private", details })).status).toBe(200);
    expect(await list()).toMatchObject({
      reports: [{ key, title: "Checkout", reason: "private", details: details.slice(0, REPORTS.detailsChars) }],
      next: null,
    });
  });

  it("keeps nothing of who made it", async () => {
    const { path } = await made();
    await report(path, { reason: "other" }, "198.51.100.77");
    const kept = JSON.stringify([await rows("SELECT * FROM share_reports"), await rows("SELECT * FROM share_rates")]);
    expect(kept).not.toContain("198.51.100");
  });

  it.each([
    ["no reason", {}, 400],
    ["a reason that is not on the form", { reason: "toString" }, 400],
    ["a form of megabytes", { reason: "other", details: "x".repeat(100_000) }, 413],
  ])("is refused with %s", async (_what, fields, status) => {
    const { path } = await made();
    expect((await report(path, fields as Record<string, string>)).status).toBe(status);
  });

  it("is not to be made of what is not there", async () => {
    for (const path of [`/share/${"A".repeat(32)}`, "/share/x"]) {
      expect((await report(path, { reason: "other" })).status).toBe(404);
      expect((await see(`${path}/report`)).status).toBe(404);
    }
  });

  it("is taken so often from one address, and kept so often of one share", async () => {
    const { path } = await made();
    for (let i = 0; i < REPORTS.perHour; i++)
      expect((await report(path, { reason: "other" }, "203.0.113.1")).status).toBe(200);
    const refused = await report(path, { reason: "other" }, "203.0.113.1");
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    const further = await report(path, { reason: "other" });
    expect([further.status, await further.text()]).toEqual([200, expect.stringContaining("yours was not kept")]);
    expect((await list()).reports).toHaveLength(REPORTS.ofShare);
  });

  it("is taken from any number of strangers whose address nobody knows, whatever they say it is", async () => {
    const { path } = await made();
    for (let i = 0; i <= REPORTS.perHour; i++) {
      const init = { method: "POST", body: "reason=other", headers: { "cf-connecting-ip": "203.0.113.1" } };
      expect((await call(`${path}/report`, init)).status).toBe(200);
    }
    expect(await rows("SELECT * FROM share_rates")).toEqual([]);
  });

  it("is kept when it is the first of a share, however many a tenant has", async () => {
    const [bad, fine] = [await made(), await made()];
    const report = (row: { key: string }) => {
      const what = { tenantId: 1, shareKey: row.key, createdAt: 1, reason: "other", details: "" };
      return insertReport(env.CATALOG, what, { ofShare: 5, ofTenant: 2 });
    };
    const kept: boolean[] = [];
    for (const share of [bad, bad, bad, fine, fine]) kept.push(await report(share));
    expect(kept).toEqual([true, true, false, true, false]);
  });
});

describe("the operator", () => {
  it("is the only one to read reports", async () => {
    const tokens = { EDGEFLAME_TOKEN: "read:r,admin:a" };
    const ask = (headers: Record<string, string>) => call("/api/reports", { headers }, tokens);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: "Bearer r" })).status).toBe(403);
    expect((await ask({ authorization: "Bearer a" })).status).toBe(200);
  });

  it("reads them page by page, and dismisses one", async () => {
    const { path } = await made();
    for (const details of ["first", "second"]) await report(path, { reason: "other", details });
    const { reports } = await list();
    expect(reports.map(({ details }) => details)).toEqual(["second", "first"]);
    expect((await list(`?before=${reports[0]?.id}`)).reports).toHaveLength(1);
    expect((await call(`/api/reports/${reports[0]?.id}`, { method: "DELETE" })).status).toBe(204);
    expect((await call(`/api/reports/${reports[0]?.id}`, { method: "DELETE" })).status).toBe(404);
    expect((await list()).reports).toHaveLength(1);
  });

  it("takes a share down with its reports; old ones go by themselves", async () => {
    const [bad, fine] = [await made(), await made({ expiresInDays: null })];
    for (const { path } of [bad, fine]) await report(path, { reason: "harmful" });
    expect((await call(`/api/shares/${bad.key}`, { method: "DELETE" })).status).toBe(204);
    expect((await list()).reports.map(({ key }) => key)).toEqual([fine.key]);
    clock.now += REPORTS.keepSeconds + 3600;
    clock.now -= clock.now % 3600;
    await runCron();
    expect((await list()).reports).toEqual([]);
  });
});
