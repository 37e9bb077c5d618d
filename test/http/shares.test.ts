// Shares through the HTTP app: made, seen, framed, expired, deleted, taken down. The page itself is built: test/server has it.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { claimShare } from "../../src/storage/shares.ts";
import { emptyCatalog, rows } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { call, runCron } from "../support/worker-call.ts";
import { ASSETS, dataOf, graph, made, policyOf, postShare, request, see } from "./share-calls.ts";

standStill();
beforeEach(emptyCatalog);

const DAY = 86_400;

describe("a snapshot", () => {
  it("shows what was sent, under a key of 192 bits, and counts its heaviest functions without a script", async () => {
    const { path, key } = await made({ title: "Checkout <b>slow</b>", view: { search: "work" } });
    expect(key).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(await dataOf(path)).toMatchObject({ version: 1, graphs: [graph()], view: { search: "work" } });
    const html = await (await see(path)).text();
    expect(html).toContain("Checkout &lt;b&gt;slow&lt;/b&gt;");
    expect(html).toContain('<th scope="row">work</th><td>60.0 %</td><td>60.0 %</td>');
    expect(html).toContain('<script src="../assets/x.js">');
  });

  it.each([
    ["no graph", { graphs: [] }, /graphs/],
    ["one graph to compare", { layout: "comparison" }, /comparison has 2, there are 1/],
    ["a single graph as a diff", { layout: "diff" }, /format double/],
    [
      "a node outside its parent",
      {
        graphs: [
          withLevels([
            [0, 10, 0, 0],
            [0, 11, 0, 1],
          ]),
        ],
      },
      /does not lie under/,
    ],
    ["a name that is not there", { graphs: [withLevels([[0, 10, 0, 9]])] }, /names no name/],
    ["a host that is none", { frameHosts: ["*"] }, /a host such as/],
    ["more than ten years", { expiresInDays: 4000 }, /expiresInDays/],
    ["a field that nobody knows", { colour: "red" }, /colour/],
  ])("is refused with %s", async (_what, change, message) => {
    const response = await postShare(request(change));
    expect([400, 422]).toContain(response.status);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin", origin: "https://evil.example" }, 200],
    // Browsers that are old, or came by plain HTTP, say their origin alone.
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost:81" }, 403],
    [{ origin: "http://localhost" }, 200],
    [{ origin: "https://flames.example", "x-forwarded-host": "flames.example" }, 200],
    [{ origin: "https://evil.example", "x-forwarded-host": "flames.example" }, 403],
    [{}, 200],
  ])("asked for by a page that says %j is answered with %i", async (headers, status) => {
    expect((await postShare(request(), headers as Record<string, string>)).status).toBe(status);
  });

  it("leaves nothing in the store of what was taken out", async () => {
    const names = ["total", "/home/anna/shop/cart.py checkout", "github.com/acme/secret.(*T).Run"];
    const { path, key } = await made({
      graphs: [{ ...graph(names), compared: { query: 'shop{region="us"}', from: 1, until: 2 } }],
      title: 'shop{region="eu"}',
      view: {
        search: "secret",
        zoom: ["github.com/acme/secret.(*T).Run"],
        other: { search: "checkout", zoom: ["github.com/acme/secret.(*T).Run"] },
      },
      redact: { packages: true, paths: true, labels: true },
    });
    const stored = JSON.stringify([
      await dataOf(path),
      await rows("SELECT * FROM shares"),
      await (await see(path)).text(),
    ]);
    for (const word of ["anna", "region", "checkout", "(*T)"]) expect(stored).not.toContain(word);
    expect(stored).toContain(key);
  });
});

describe("who may see it", () => {
  it("is framed nowhere but as an embed, and there by the hosts of the share", async () => {
    const { path } = await made();
    expect(policyOf(await see(path))).toContain("frame-ancestors 'none'");
    expect(policyOf(await see(`${path}/iframe`))).toContain("frame-ancestors *");
    const limited = await made({ frameHosts: ["docs.example.org"] });
    expect(policyOf(await see(`${limited.path}/iframe`))).toContain(
      "frame-ancestors https://docs.example.org http://docs.example.org",
    );
  });

  it("frames two shares for the hosts that both allow", async () => {
    const [a, b] = [await made({ frameHosts: ["a.org", "b.org"] }), await made({ frameHosts: ["b.org"] })];
    const policy = policyOf(await see(`/share/${a.key}/${b.key}/iframe`));
    expect(policy).toContain("https://b.org");
    expect(policy).not.toContain("a.org");
  });

  it("sends no cookie, no referrer and nothing to index", async () => {
    const { path } = await made();
    for (const one of [path, `${path}/iframe`, `${path}/data`, `${path}x`]) {
      const { headers } = await see(one);
      expect(headers.get("x-robots-tag"), one).toBe("noindex");
      expect(headers.get("referrer-policy"), one).toBe("no-referrer");
      expect(headers.get("set-cookie"), one).toBeNull();
    }
  });

  it("needs no token, where everything else does", async () => {
    const { path } = await made();
    const tokens = { EDGEFLAME_TOKEN: "read:r,admin:a", ASSETS };
    expect((await call(path, {}, tokens)).status).toBe(200);
    expect((await call("/api/shares", { method: "POST", body: JSON.stringify(request()) }, tokens)).status).toBe(401);
    const list = (secret: string) => call("/api/shares", { headers: { authorization: `Bearer ${secret}` } }, tokens);
    expect((await list("r")).status).toBe(403);
    expect(await (await list("a")).json()).toMatchObject({ shares: [{ title: 'shop.cpu{region="eu"}' }] });
  });
});

describe("the list of shares", () => {
  const page = async (query: string) =>
    (await (await call(`/api/shares${query}`)).json()) as { shares: { key: string }[]; next: string | null };

  it("goes on where the page before ended, though all are of one second", async () => {
    const { key } = await made();
    await rows(
      `INSERT INTO shares SELECT substr('a' || n || key, 1, 32), tenant_id, title, created_at, expires_at, life_seconds, delete_hash,
         frame_hosts, facts, stored_bytes, is_claimed FROM shares,
         (WITH RECURSIVE c(n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM c WHERE n < 1250) SELECT n FROM c) WHERE key = ?1 RETURNING 1`,
      key,
    );
    clock.now += 1;
    const last = await made();
    const first = await page("");
    const second = await page(`?after=${first.next}`);
    const keys = [...first.shares, ...second.shares].map((share) => share.key);
    expect([keys[0], keys.length, new Set(keys).size, second.next]).toEqual([last.key, 253, 253, null]);
  });

  it.each(["x", "12", "12.short", `-1.${"A".repeat(32)}`])("refuses the cursor %j", async (cursor) => {
    expect((await call(`/api/shares?after=${cursor}`)).status).toBe(400);
  });
});

describe("the way from a share to the page", () => {
  const single = { ...graph(), query: 'shop.cpu{region="eu"}', from: 600, until: 660 };
  const second = { ...graph(), query: "shop.cpu", from: 300, until: 360 };
  const linkOf = async (change: Record<string, unknown>) =>
    /<a href="([^"]*)">Open/.exec(await (await see((await made(change)).path)).text())?.[1]?.replaceAll("&amp;", "&");

  it.each([
    ["a single graph", { graphs: [single] }, "?query=shop.cpu%7Bregion%3D%22eu%22%7D&from=600&until=660"],
    [
      "a comparison",
      { layout: "comparison", graphs: [single, second] },
      "comparison?query=shop.cpu%7Bregion%3D%22eu%22%7D&from=300&until=660&leftQuery=shop.cpu%7Bregion%3D%22eu%22%7D&leftFrom=600&leftUntil=660&rightQuery=shop.cpu&rightFrom=300&rightUntil=360",
    ],
    ["one without labels", { graphs: [single], redact: { labels: true } }, ""],
    ["one that does not say its time", { graphs: [graph()] }, ""],
  ])("asks what it was asked with: %s", async (_what, change, address) => {
    expect(await linkOf(change)).toBe(`../${address}`);
  });
});

describe("two shares", () => {
  it("are one graph of what changed, on a page of its own", async () => {
    const [a, b] = [await made(), await made({ graphs: [graph(["total", "main", "sleep"])] })];
    const content = await dataOf(`/share/${a.key}/${b.key}`);
    expect(content).toMatchObject({ layout: "diff", graphs: [{ flamebearer: { leftTicks: 10, rightTicks: 10 } }] });
    expect([...(content.graphs[0]?.flamebearer.names ?? [])].sort()).toEqual(["main", "sleep", "total", "work"]);
    expect((await see(`/share/${a.key}/${b.key}`)).status).toBe(200);
    expect((await see(`/share/${a.key}/${"A".repeat(32)}`)).status).toBe(404);
  });

  it("of different units are refused", async () => {
    const bytes = { ...graph(), metadata: { ...graph().metadata, units: "bytes" } };
    const [a, b] = [await made(), await made({ graphs: [bytes] })];
    const response = await see(`/share/${a.key}/${b.key}/data`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("one is in samples")]);
  });
});

describe("oEmbed", () => {
  it("answers with the element that embeds, its title escaped", async () => {
    const { url, key } = await made({ title: '"><script>alert(1)</script>' });
    const response = await call(`/oembed?url=${encodeURIComponent(url)}&maxwidth=500`);
    const { html, ...rest } = (await response.json()) as { html: string };
    expect(rest).toMatchObject({ type: "rich", version: "1.0", width: 500, height: 400 });
    expect(html).toContain(`/share/${key}/iframe"`);
    expect(html).not.toContain("<script>");
  });

  it.each(["", "https://example.org/", `https://x/share/${"A".repeat(32)}`])("knows nothing of %j", async (url) => {
    expect((await call(`/oembed?url=${encodeURIComponent(url)}`)).status).toBe(404);
  });
});

describe("the end of a share", () => {
  it("answers the same to whatever is not there", async () => {
    const [gone, expired] = [await made(), await made({ expiresInDays: 1 })];
    await call(gone.deletePath, { method: "DELETE" });
    clock.now += 2 * DAY;
    const bodies = new Set<string>();
    const paths = [gone.path, expired.path, `/share/${"A".repeat(32)}`, "/share/short", `${gone.path}/data`];
    for (const path of [...paths, `${gone.path}/iframe`]) {
      const response = await see(path);
      expect(response.status, path).toBe(404);
      expect(policyOf(response)).toContain(`frame-ancestors ${path.endsWith("/iframe") ? "*" : "'none'"}`);
      bodies.add(await response.text());
    }
    expect(bodies.size).toBe(1);
  });

  it("lives on while it is seen, and not otherwise", async () => {
    const [seen, unseen] = [await made({ expiresInDays: 10 }), await made({ expiresInDays: 10 })];
    clock.now += 6 * DAY;
    expect((await see(seen.path)).status).toBe(200);
    clock.now += 6 * DAY;
    expect((await see(seen.path)).status).toBe(200);
    expect((await see(unseen.path)).status).toBe(404);
  });

  it("never comes where never was chosen", async () => {
    const { path, expiresAt } = await made({ expiresInDays: null });
    expect(expiresAt).toBeNull();
    clock.now += 9000 * DAY;
    expect((await see(path)).status).toBe(200);
  });

  it("takes the objects of expired ones by cron, and leaves the others", async () => {
    const [gone, kept] = [await made({ expiresInDays: 1 }), await made()];
    clock.now += 2 * DAY;
    await runCron();
    const stored = (await env.SEGMENTS.list({ prefix: "t/" })).objects.map(({ key }) => key).join(" ");
    expect(stored).toContain(kept.key);
    expect(stored).not.toContain(gone.key);
    expect(await rows("SELECT * FROM shares")).toHaveLength(1);
  });

  it("asks before a link deletes, and deletes by form or by DELETE", async () => {
    for (const method of ["POST", "DELETE"]) {
      const { path, deletePath } = await made();
      // Whoever only looks at a link, as chats do, deletes nothing.
      await see(deletePath, { method: "HEAD" });
      const asked = await see(deletePath);
      expect([asked.status, policyOf(asked)]).toEqual([200, expect.stringContaining("form-action 'self'")]);
      expect((await see(path)).status).toBe(200);
      expect((await call(deletePath, { method })).ok).toBe(true);
      expect((await see(path)).status).toBe(404);
    }
  });

  it("does not come by the key, nor by another's secret", async () => {
    const [a, b] = [await made(), await made()];
    const secret = b.deletePath.split("/").at(-1);
    for (const guess of [a.key, secret, "", "x"]) {
      expect((await call(`${a.path}/delete/${guess}`, { method: "DELETE" })).status).toBe(404);
    }
    expect((await see(a.path)).status).toBe(200);
  });

  it("is the operator's to decide, too", async () => {
    const { path, key } = await made();
    expect((await call(`/api/shares/${key}`, { method: "DELETE" })).status).toBe(204);
    expect((await see(path)).status).toBe(404);
  });

  it("is not another tenant's operator's to decide, nor may they claim it", async () => {
    const { key, deletePath } = await made();
    await rows("UPDATE shares SET tenant_id = 900, is_claimed = 0 WHERE key = ?1 RETURNING key", key);
    const claim = `/api/shares/${key}/claim?secret=${deletePath.split("/").at(-1)}`;
    expect((await call(claim, { method: "POST" })).status).toBe(404);
    expect((await call(`/api/shares/${key}`, { method: "DELETE" })).status).toBe(404);
    expect(await rows("SELECT is_claimed FROM shares")).toEqual([{ is_claimed: 0 }]);
  });

  it("is not put off by a claim that was read before it", async () => {
    const { key } = await made();
    await rows("UPDATE shares SET expires_at = 0, is_claimed = 0 WHERE key = ?1 RETURNING key", key);
    const [row] = await rows<{ tenantId: number }>("SELECT tenant_id AS tenantId FROM shares");
    const isMine = await claimShare(
      env.CATALOG,
      { key, tenantId: row!.tenantId },
      { now: clock.now, lifeSeconds: DAY },
    );
    expect([isMine, await rows("SELECT expires_at FROM shares")]).toEqual([false, [{ expires_at: 0 }]]);
  });
});

function withLevels(levels: number[][]) {
  const whole = graph();
  return { ...whole, flamebearer: { ...whole.flamebearer, levels } };
}
