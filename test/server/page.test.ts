// The page as the embedded server serves it: types, validators, compression. Through Miniflare, with a page of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pageService } from "../../scripts/server/page-service.ts";
import { readProjectConfig } from "../../scripts/server/wrangler-config.ts";

const HTML = "<!doctype html><title>A page</title>";
const SCRIPT = "export const many = 1;\n".repeat(100);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const pageDir = mkdtempSync(join(tmpdir(), "edgeflame-page-"));
let miniflare: Miniflare;
let url: URL;

beforeAll(async () => {
  mkdirSync(join(pageDir, "assets"));
  mkdirSync(join(pageDir, ".vite"));
  writeFileSync(join(pageDir, "index.html"), HTML);
  writeFileSync(join(pageDir, "assets/app.js"), SCRIPT);
  writeFileSync(join(pageDir, "assets/font.woff2"), "font");
  writeFileSync(join(pageDir, ".vite/manifest.json"), "{}");
  const project = { ...readProjectConfig(join(import.meta.dirname, "../..")), pageDir };
  const page = pageService(project);
  miniflare = new Miniflare({ cf: false, workers: [{ ...page, dev: { unsafeDirectSockets: [{ port: 0 }] } }] });
  await miniflare.ready;
  url = await miniflare.unsafeGetDirectURL();
});
afterAll(async () => {
  await miniflare.dispose();
  rmSync(pageDir, { recursive: true });
});

/** node:http shows what is on the wire; fetch would take compression away. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk) => chunks.push(chunk));
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on("error", reject).end();
  });
}

it("serves index.html at the root", async () => {
  const { status, headers, body } = await get("/");
  expect([status, headers["content-type"], body.toString()]).toEqual([200, "text/html; charset=utf-8", HTML]);
});

it.each([
  ["/assets/app.js", 200, "text/javascript; charset=utf-8"],
  ["/assets/font.woff2", 200, "font/woff2"],
  ["/index.html", 307, undefined],
  ["/assets", 404, "text/plain;charset=UTF-8"],
  ["/assets/", 404, "text/plain;charset=UTF-8"],
  ["/nothing", 404, "text/plain;charset=UTF-8"],
  ["/.vite/manifest.json", 404, "text/plain;charset=UTF-8"],
  ["/../package.json", 404, "text/plain;charset=UTF-8"],
])("answers %s with %i", async (path, status, contentType) => {
  const answer = await get(path);
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, contentType]);
});

it.each([
  ["br, gzip", "br", (body: Buffer) => brotliDecompressSync(body)],
  ["gzip", "gzip", (body: Buffer) => gunzipSync(body)],
  ["br;q=0, gzip;q=0.5", "gzip", (body: Buffer) => gunzipSync(body)],
  ["identity", undefined, (body: Buffer) => body],
])("compresses for accept-encoding: %s", async (accepted, encoding, decode) => {
  const { headers, body } = await get("/assets/app.js", { "accept-encoding": accepted });
  expect([headers["content-encoding"], headers.vary]).toEqual([encoding, "accept-encoding"]);
  expect(decode(body).toString()).toBe(SCRIPT);
  if (encoding !== undefined) expect(body.length).toBeLessThan(SCRIPT.length / 4);
});

it("answers 304 to the entity tag it gave", async () => {
  const { etag } = (await get("/")).headers;
  expect((await get("/", { "if-none-match": `"other", W/${etag}` })).status).toBe(304);
  expect((await get("/", { "if-none-match": '"other"' })).status).toBe(200);
});

it("answers HEAD like GET without a body, and refuses other methods", async () => {
  const head = await get("/", {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, String(HTML.length), 0]);
  expect((await get("/", {}, "POST")).status).toBe(405);
});
