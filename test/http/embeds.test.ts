// Live embeds: what a query finds now, redacted, for whoever has the link, and for nobody once it is revoked.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EmbedAnswer } from "../../src/api/embed.ts";
import { LIVE_EMBEDS } from "../../src/share/limits.ts";
import { keysPut } from "../support/bucket-puts.ts";
import { emptyCatalog, rows } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { call, runCron, uploadFolded } from "../support/worker-call.ts";
import { contentOf, type Made, madeEmbed, postEmbed, stored, totalOf } from "./embed-calls.ts";
import { ASSETS, policyOf, see } from "./share-calls.ts";

standStill();
beforeEach(emptyCatalog);
/** One for each test: its objects outlive the catalog's rows. */
let app = "";
let apps = 0;
beforeEach(() => {
  app = `shop${apps++}`;
});

const SECRET_STACK = "main;/home/anna/cart.py checkout";
const query = () => `${app}.cpu{region="eu"}`;
const upload = (ago: number, stacks: Record<string, number>) =>
  uploadFolded(`${app}.cpu{region=eu}`, clock.now - ago, stacks);
const post = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  postEmbed({ query: query(), ...change }, headers);
const made = (change: Record<string, unknown> = {}) => madeEmbed({ query: query(), ...change });

describe("a live embed", () => {
  it("shows the last 24 hours of its query, anew each minute", async () => {
    await upload(25 * 3600, { "main;old": 100 });
    await upload(3600, { "main;work": 3 });
    const embed = await made();
    expect(await totalOf(embed)).toBe(3);
    await upload(60, { "main;work": 4 });
    expect(await totalOf(embed)).toBe(3);
    clock.now += LIVE_EMBEDS.freshSeconds;
    expect(await totalOf(embed)).toBe(7);
    clock.now += 86_400;
    const content = await contentOf(embed);
    expect([content.graphs[0]?.flamebearer.numTicks, content.notes]).toEqual([
      0,
      ["Nothing was profiled in this time."],
    ]);
  });

  it("is told to caches for no longer than until there is something newer", async () => {
    const embed = await made();
    await contentOf(embed);
    clock.now += 45;
    expect((await see(`${embed.path}/data`)).headers.get("cache-control")).toBe("public, max-age=15");
  });

  it("can't be widened to another query or range by anything in its address", async () => {
    await upload(100, { "main;work": 3 });
    await uploadFolded("bank.cpu", clock.now - 100, { "main;secret": 50 });
    await upload(7200, { "main;old": 100 });
    const embed = await made({ rangeSeconds: 3600 });
    const asked =
      "?query=bank.cpu&name=bank.cpu&from=0&until=now&rangeSeconds=999999&focus=main&max-nodes=1&tenant=other";
    const content = await contentOf(embed, asked);
    expect(content.graphs[0]?.flamebearer).toMatchObject({ numTicks: 3, names: ["total", "main", "work"] });
    expect(content.graphs[0]?.query).toBe(query());
  });

  it("shows and stores nothing of what is taken out, and its token not at all", async () => {
    await upload(100, { [SECRET_STACK]: 3 });
    const embed = await made({ title: query(), redact: { packages: true, paths: true, labels: true } });
    const shown = JSON.stringify(await contentOf(embed)) + (await (await see(embed.path)).text());
    for (const word of ["anna", "checkout", "region"]) expect(shown).not.toContain(word);
    const token = embed.path.split("/").at(-1) ?? "";
    const kept = JSON.stringify([await rows("SELECT * FROM live_embeds"), await stored(embed)]);
    for (const word of [token, embed.deletePath.split("/").at(-1)]) expect(kept).not.toContain(word);
  });

  it("is framed by the hosts that it names, without cookies, and indexed by nobody", async () => {
    const [any, some] = [await made(), await made({ frameHosts: ["docs.example.org"] })];
    expect(policyOf(await see(any.path))).toContain("frame-ancestors *");
    const page = await see(some.path);
    expect(policyOf(page)).toContain("frame-ancestors https://docs.example.org http://docs.example.org");
    for (const answer of [page, await see(`${some.path}/data`), await see(`${some.path}/preview.png`)]) {
      expect(answer.headers.get("x-robots-tag")).toBe("noindex");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect(await page.text()).toContain('<p class="efs-total">The last 24 hours</p>');
    expect(some.embed).toContain(`<iframe src="${some.url}"`);
  });

  it("has a picture of what it shows now", async () => {
    await upload(100, { "main;work": 3 });
    const picture = await see(`${(await made()).path}/preview.png`);
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect(new Uint8Array(await picture.arrayBuffer()).subarray(1, 4)).toEqual(new TextEncoder().encode("PNG"));
  });

  it("has its picture drawn once of what is kept, and anew with it", async () => {
    await upload(100, { "main;work": 3 });
    const { path } = await made();
    const look = async () => new Uint8Array(await (await see(`${path}/preview.png`)).arrayBuffer());
    const seen: Uint8Array[] = [];
    const keys = await keysPut(async () => {
      seen.push(await look(), await look());
      await upload(50, { "main;other": 4 });
      clock.now += LIVE_EMBEDS.freshSeconds;
      seen.push(await look());
    });
    expect(keys.filter((key) => key.endsWith("/preview.png"))).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).not.toEqual(seen[0]);
  });

  it.each([
    ["never", 0],
    ["long ago", 3600],
  ])("that was drawn %s asks its query once, however many come together, and shows it to all", async (_when, ago) => {
    await upload(100, { "main;work": 3 });
    const embed = await made();
    if (ago > 0) await contentOf(embed);
    clock.now += ago;
    const totals: (number | undefined)[] = [];
    const keys = await keysPut(async () => {
      totals.push(...(await Promise.all(Array.from({ length: 20 }, () => totalOf(embed)))));
    });
    expect(keys).toEqual([expect.stringContaining(`/e/${embed.id}/data.json.gz`)]);
    expect(totals).toEqual(Array.from({ length: 20 }, () => 3));
  });

  it("whose query fails asks it once a minute, whoever comes", async () => {
    const { id, path } = await made();
    await rows("UPDATE live_embeds SET query = 'region{{' WHERE id = ?1 RETURNING id", id);
    const log = vi.spyOn(console, "log");
    const look = async () => {
      const { status, headers } = await see(`${path}/data`);
      return [status, headers.get("retry-after")];
    };
    const asked = () => log.mock.calls.filter(([line]) => String(line).includes("live_embed_failed")).length;
    expect(await look()).toEqual([503, "60"]);
    clock.now += LIVE_EMBEDS.drawingSeconds;
    expect(await Promise.all([look(), look(), look()])).toEqual(Array.from({ length: 3 }, () => [503, "10"]));
    expect(asked()).toBe(1);
    clock.now += LIVE_EMBEDS.freshSeconds;
    expect(await look()).toEqual([503, "60"]);
    expect(asked()).toBe(2);
  });

  it("is drawn by one of many readers, and the others see the last one meanwhile", async () => {
    await upload(100, { "main;work": 3 });
    const embed = await made();
    await contentOf(embed);
    await upload(50, { "main;work": 4 });
    clock.now += LIVE_EMBEDS.freshSeconds + 1;
    const id = embed.id;
    // Somebody set out to draw it a second ago.
    await rows("UPDATE live_embeds SET rendered_at = ?1 WHERE id = ?2 RETURNING id", clock.now - 1, id);
    expect(await totalOf(embed)).toBe(3);
    clock.now += LIVE_EMBEDS.staleSeconds;
    expect(await totalOf(embed)).toBe(7);
  });

  it("says nothing of why it can't be drawn, and shows the last one while it is not too old", async () => {
    await upload(100, { "main;work": 3 });
    const embed = await made({ redact: { labels: true } });
    await contentOf(embed);
    await rows("UPDATE live_embeds SET query = 'region{{' WHERE id = ?1 RETURNING id", embed.id);
    clock.now += LIVE_EMBEDS.freshSeconds;
    expect(await totalOf(embed)).toBe(3);
    clock.now += LIVE_EMBEDS.staleSeconds;
    const refused = await see(`${embed.path}/data`);
    expect([refused.status, await refused.text()]).toEqual([503, expect.not.stringContaining("region")]);
  });
});

describe("who may make one", () => {
  it.each([
    ["a query that is none", { query: "shop{{" }],
    ["no query", { query: "" }],
    ["a range of a year", { rangeSeconds: 365 * 86_400 }],
    ["a host that is none", { frameHosts: ["*"] }],
    ["a field that nobody knows", { token: "mine" }],
  ])("nobody, of %s", async (_what, change) => {
    expect((await post(change)).status).toBe(400);
    expect(await rows("SELECT * FROM live_embeds")).toEqual([]);
  });

  it("no page of another site, and no token that may not read", async () => {
    expect((await post({}, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    const tokens = { EDGEFLAME_TOKEN: "write:w,read:r,admin:a", ASSETS };
    const ask = (method: string, path: string, secret: string) =>
      call(
        path,
        {
          method,
          headers: { authorization: `Bearer ${secret}` },
          ...(method === "POST" && { body: JSON.stringify({ query: query() }) }),
        },
        tokens,
      );
    expect((await ask("POST", "/api/embeds", "w")).status).toBe(403);
    const { id, url } = (await (await ask("POST", "/api/embeds", "r")).json()) as EmbedAnswer;
    expect((await ask("GET", "/api/embeds", "r")).status).toBe(403);
    expect((await ask("DELETE", `/api/embeds/${id}`, "r")).status).toBe(403);
    // The link itself needs no token, and gives no right to anything else.
    const path = new URL(url).pathname;
    expect((await call(`${path}/data`, {}, tokens)).status).toBe(200);
    expect((await ask("GET", "/api/services", path.split("/").at(-1) ?? "")).status).toBe(401);
  });

  it("not more than a tenant may have", async () => {
    const { id } = await made();
    await rows(
      `INSERT INTO live_embeds SELECT NULL, tenant_id, token_hash || n, revoke_hash, title, query, range_seconds, redact, frame_hosts,
         created_at, expires_at, 0 FROM live_embeds, (WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < ${LIVE_EMBEDS.most}) SELECT n FROM c)
       WHERE id = ?1 RETURNING id`,
      id,
    );
    const refused = await post();
    expect([refused.status, await refused.json()]).toEqual([429, expect.objectContaining({ limit: "liveEmbeds" })]);
  });
});

describe("the end of a live embed", () => {
  const everywhere = ({ path }: Made) => ["", "/data", "/preview.png"].map((part) => path + part);

  it.each([
    ["its secret", (embed: Made) => call(embed.deletePath, { method: "DELETE" })],
    ["the form of its revoking page", (embed: Made) => call(embed.deletePath, { method: "POST" })],
    ["the operator, by its number", ({ id }: Made) => call(`/api/embeds/${id}`, { method: "DELETE" })],
    [
      "the operator, by its link",
      ({ path }: Made) => call(`/api/embeds/${path.split("/").at(-1)}`, { method: "DELETE" }),
    ],
  ])("comes at once by %s, and leaves nothing", async (_how, end) => {
    const embed = await made();
    for (const path of everywhere(embed)) expect((await see(path)).status, path).toBe(200);
    expect((await end(embed)).ok).toBe(true);
    const bodies = new Set<string>();
    for (const path of [...everywhere(embed), `/embed/${"A".repeat(32)}`, "/embed/x", embed.deletePath]) {
      const response = await see(path);
      expect(response.status, path).toBe(404);
      bodies.add(await response.text());
    }
    expect(bodies).toEqual(new Set([await (await see(`/share/${"A".repeat(32)}`)).text()]));
    expect(await stored(embed)).toEqual([]);
    expect(await rows("SELECT * FROM live_embeds")).toEqual([]);
  });

  it("comes on its day, and cron takes what is left", async () => {
    const [over, kept] = [await made({ expiresInDays: 1 }), await made({ expiresInDays: null })];
    for (const embed of [over, kept]) await contentOf(embed);
    clock.now += 86_400;
    expect((await see(over.path)).status).toBe(404);
    await runCron();
    expect([await stored(over), (await stored(kept)).length]).toEqual([[], 1]);
    expect(await rows("SELECT id FROM live_embeds")).toEqual([{ id: kept.id }]);
  });

  it("does not come by a look at the link, by the token, or by another's secret", async () => {
    const [a, b] = [await made(), await made()];
    await see(a.deletePath, { method: "HEAD" });
    expect((await see(a.deletePath)).status).toBe(200);
    const token = a.path.split("/").at(-1);
    for (const guess of [token, b.deletePath.split("/").at(-1), "x"])
      expect((await call(`${a.path}/delete/${guess}`, { method: "DELETE" })).status).toBe(404);
    expect((await see(a.path)).status).toBe(200);
  });

  it("is not another tenant's operator's to bring", async () => {
    const { id, path } = await made();
    await rows(
      "INSERT INTO tenants (id, name, created_at) VALUES (900, 'other', 1) ON CONFLICT DO NOTHING RETURNING id",
    );
    await rows("UPDATE live_embeds SET tenant_id = 900 WHERE id = ?1 RETURNING id", id);
    for (const named of [id, path.split("/").at(-1)])
      expect((await call(`/api/embeds/${named}`, { method: "DELETE" })).status).toBe(404);
    expect((await see(path)).status).toBe(200);
  });

  it("comes with its tenant's", async () => {
    const embed = await made();
    await contentOf(embed);
    await call("/api/deletions", { method: "POST", body: JSON.stringify({ tenant: true }) });
    expect((await see(embed.path)).status).toBe(404);
    expect(await stored(embed)).toEqual([]);
  });

  it("is the operator's to see: what there is, page by page, without the links", async () => {
    const [first, second] = [await made({ title: "one" }), await made({ title: "two" })];
    const list = async (query: string) =>
      (await (await call(`/api/embeds${query}`)).json()) as { embeds: { id: number }[] };
    const all = await list("");
    expect(all).toMatchObject({
      embeds: [{ title: "two", query: query(), rangeSeconds: 86_400 }, { title: "one" }],
      next: null,
    });
    expect(JSON.stringify(all)).not.toContain(first.path.split("/").at(-1));
    expect((await list(`?before=${second.id}`)).embeds.map(({ id }) => id)).toEqual([first.id]);
  });
});
