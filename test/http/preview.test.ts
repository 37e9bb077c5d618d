// The preview image through the HTTP app: its forms, who is told of it, and that it goes with its share.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { bucketWhere, keysPut } from "../support/bucket-puts.ts";
import { emptyCatalog } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { call, runCron, uploadFolded } from "../support/worker-call.ts";
import { contentOf, madeEmbed } from "./embed-calls.ts";
import { graph, type Made, made, see } from "./share-calls.ts";

standStill();
beforeEach(emptyCatalog);

const preview = (path: string, headers: Record<string, string> = {}) => call(`/api/preview/${path}`, { headers });
const stored = async (key: string) =>
  (await env.SEGMENTS.list()).objects.map((object) => object.key).filter((name) => name.includes(key));
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

describe("the preview of a share", () => {
  it.each([
    ["its key alone", "", {}, "image/png"],
    ["an ending", ".svg", {}, "image/svg+xml; charset=utf-8"],
    ["a format", "?format=svg", {}, "image/svg+xml; charset=utf-8"],
    ["what a picture on a page is asked for with", "", { accept: CHROME }, "image/png"],
    ["nothing but SVG accepted", "", { accept: "image/svg+xml" }, "image/svg+xml; charset=utf-8"],
    ["what flamegraph.com's clients add", "?size=full", {}, "image/png"],
  ])("comes by %s", async (_how, ending, headers, type) => {
    const { key } = await made();
    const response = await preview(key + ending, headers as Record<string, string>);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    const bytes = await bytesOf(response);
    expect(bytes.subarray(0, 4)).toEqual(
      new TextEncoder().encode(type === "image/png" ? "\u0089PNG" : "<svg").slice(-4),
    );
  });

  it("is drawn once, may be shown by any page, and says no more than the share", async () => {
    const { key } = await made();
    const first = await preview(key);
    expect(first.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    for (const [name, value] of [
      ["cache-control", "public, max-age=60"],
      ["x-robots-tag", "noindex"],
      ["referrer-policy", "no-referrer"],
      ["content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"],
      ["set-cookie", null],
    ] as const)
      expect(first.headers.get(name), name).toBe(value);
    const drawn = await bytesOf(first);
    const [object] = await stored(`${key}/preview`);
    await env.SEGMENTS.put(object ?? "", "kept");
    expect(new TextDecoder().decode(await bytesOf(await preview(key)))).toBe("kept");
    expect(await bytesOf(await preview(`${key}?theme=dark`))).not.toEqual(drawn);
  });

  it.each(["?format=gif", "?theme=blue"])("is refused for %s", async (query) => {
    expect((await preview((await made()).key + query)).status).toBe(400);
  });

  it.each([
    ["deleted by its owner", ({ deletePath }: Made) => call(deletePath, { method: "DELETE" })],
    ["taken down by the operator", ({ key }: Made) => call(`/api/shares/${key}`, { method: "DELETE" })],
    [
      "expired",
      async () => {
        clock.now += 2 * 86_400;
        await runCron();
      },
    ],
  ])("is gone with a share that was %s", async (_how, end) => {
    const share = await made({ expiresInDays: 1 });
    expect((await preview(share.key)).status).toBe(200);
    expect(await stored(share.key)).toHaveLength(2);
    await end(share);
    expect((await preview(share.key)).status).toBe(404);
    expect(await stored(share.key)).toEqual([]);
  });

  it("does not outlive a share that is deleted while it is drawn", async () => {
    const share = await made();
    const SEGMENTS = bucketWhere("before", () => call(share.deletePath, { method: "DELETE" }));
    await call(`/api/preview/${share.key}`, {}, { SEGMENTS });
    expect(await stored(share.key)).toEqual([]);
  });

  it("is not there for what is no share", async () => {
    for (const path of ["x", "A".repeat(32), `${"A".repeat(32)}.png`, `${"A".repeat(32)}/${"B".repeat(32)}`])
      expect((await preview(path)).status, path).toBe(404);
  });
});

it.each([
  ["a share", async () => `/api/preview/${(await made()).key}`],
  [
    "a live embed",
    async () => {
      await uploadFolded("shop.cpu", clock.now - 100, { "main;work": 3 });
      const embed = await madeEmbed({ query: "shop.cpu" });
      await contentOf(embed);
      return `${embed.path}/preview.png`;
    },
  ],
])("of many that ask first for the picture of %s one draws and stores it", async (_what, make) => {
  const path = await make();
  const pictures = new Set<string>();
  const keys = await keysPut(async () => {
    const looks = await Promise.all(Array.from({ length: 8 }, () => see(path)));
    for (const look of looks) pictures.add((await bytesOf(look)).join());
  });
  expect(keys).toEqual([expect.stringContaining("/preview")]);
  expect(pictures.size).toBe(1);
});

describe("the preview of two shares", () => {
  it("is that of their difference, and nothing of it is kept beside either", async () => {
    const [a, b] = [await made(), await made({ graphs: [graph(["total", "main", "sleep"])] })];
    const response = await preview(`${a.key}/${b.key}.svg`);
    expect(await response.text()).toContain("+60.0 pp");
    expect([await stored(`${a.key}/preview`), await stored(`${b.key}/preview`)]).toEqual([[], []]);
    await call(b.deletePath, { method: "DELETE" });
    expect((await preview(`${a.key}/${b.key}.svg`)).status).toBe(404);
  });

  it("is kept at the edge under one name, whatever host it is asked by; the embedded server keeps none", async () => {
    const [a, b] = [await made(), await made()];
    const edge = { EDGEFLAME_EMBEDDED: undefined, EDGEFLAME_TOKEN: "admin:a" };
    const cache = await caches.open("share-previews");
    const name = `https://share-previews.invalid/${a.key}/${b.key}.svg?theme=light`;
    expect((await preview(`${a.key}/${b.key}.svg`)).status).toBe(200);
    expect(await cache.match(name)).toBeUndefined();
    await (await call(`/api/preview/${a.key}/${b.key}.svg`, {}, edge)).arrayBuffer();
    expect(await (await cache.match(name))?.text()).toContain("<svg");
    await cache.put(name, new Response("kept", { headers: { "cache-control": "max-age=60" } }));
    const elsewhere = await call(`.invented.example/api/preview/${a.key}/${b.key}.svg`, {}, edge);
    expect(await elsewhere.text()).toBe("kept");
  });

  it("is refused where they can't be compared", async () => {
    const bytes = { ...graph(), metadata: { ...graph().metadata, units: "bytes" } };
    const [a, b] = [await made(), await made({ graphs: [bytes] })];
    expect((await preview(`${a.key}/${b.key}`)).status).toBe(400);
  });
});

describe("who is told of it", () => {
  it("cards are, on the page of one share and of two", async () => {
    const [a, b] = [await made(), await made()];
    for (const path of [a.key, `${a.key}/${b.key}`]) {
      const html = await (await see(`/share/${path}`)).text();
      expect(html).toContain(`<meta property="og:image" content="http://localhost/api/preview/${path}.png">`);
      expect(html).toContain(`<meta name="twitter:image" content="http://localhost/api/preview/${path}.png">`);
      expect(html).toContain('<meta name="twitter:card" content="summary_large_image">');
    }
  });

  it("oEmbed's thumbnail is, unless it is larger than was asked for", async () => {
    const { url, key } = await made();
    const ask = async (more: string) => (await call(`/oembed?url=${encodeURIComponent(url)}${more}`)).json();
    const thumbnail = { thumbnail_url: `http://localhost/api/preview/${key}.png`, thumbnail_width: 1200 };
    expect(await ask("")).toMatchObject(thumbnail);
    expect(await ask("&maxwidth=800")).not.toHaveProperty("thumbnail_url");
  });
});
