// The upload API of flamegraph.com: its three body forms, who may, how much, and that the link shows the file.
import { beforeEach, describe, expect, it } from "vitest";
import type { ShareAnswer, ShareContent } from "../../src/api/share.ts";
import { SHARING } from "../../src/config.ts";
import { emptyCatalog, rows } from "../support/catalog-rows.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();
beforeEach(emptyCatalog);

const FOLDED = "main;work 3\nmain 1\n";
const upload = (body: BodyInit, path = "/api/upload/v1", headers: Record<string, string> = {}, bindings = {}) =>
  call(path, { method: "POST", body, headers }, bindings);
/** A body without a length: pieces of these sizes, over and over. */
const inPieces = (bytes: Uint8Array, sizes: readonly number[]) => {
  let [at, turn] = [0, 0];
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      const size = sizes[turn++ % sizes.length]!;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
};
async function contentOf(response: Response): Promise<ShareContent> {
  expect(response.status, await response.clone().text()).toBe(200);
  const { key } = (await response.json()) as ShareAnswer;
  return (await (await call(`/share/${key}/data`)).json()) as ShareContent;
}

describe("a body", () => {
  const base64 = btoa(FOLDED);
  it.each([
    ["raw", FOLDED, "/api/upload/v1", {}],
    ["raw to the root, as curl names it", FOLDED, "/", { "content-type": "application/x-www-form-urlencoded" }],
    [
      "JSON with a file's name",
      JSON.stringify({ name: "n", profile: base64, filename: "a.txt" }),
      "/api/upload/v1",
      {},
    ],
    ["JSON with a type", JSON.stringify({ name: "n", profile: base64, type: "collapsed" }), "/", {}],
  ])("in the form %s becomes a link to it", async (_form, body, path, headers) => {
    const content = await contentOf(await upload(body, path, headers as Record<string, string>));
    expect(content.graphs[0]?.flamebearer.numTicks).toBe(4);
  });

  it("of JSON that is itself a profile is the file", async () => {
    const flamebearer = { names: ["total"], levels: [[0, 7, 7, 0]], numTicks: 7, maxSelf: 7 };
    const content = await contentOf(await upload(JSON.stringify({ flamebearer, metadata: { name: "x" } })));
    expect(content.graphs[0]?.flamebearer).toMatchObject(flamebearer);
  });

  it("can be had back as it came, as a download", async () => {
    const { key } = (await (await upload(FOLDED, "/api/upload/v1?filename=a.txt")).json()) as ShareAnswer;
    const original = await call(`/share/${key}/original`);
    expect(original.headers.get("content-disposition")).toBe('attachment; filename="a.txt"');
    expect(await original.text()).toBe(FOLDED);
  });

  it("in pieces, its length untold, is the same file", async () => {
    const file = new TextEncoder().encode(FOLDED.repeat(200_000));
    const { key } = (await (await upload(inPieces(file, [1, 70_000, 1, 1_000_000]))).json()) as ShareAnswer;
    const original = await call(`/share/${key}/original`);
    expect(new Uint8Array(await original.arrayBuffer())).toEqual(file);
    expect((await contentOf(await upload(inPieces(file, [10_000_000])))).graphs[0]?.flamebearer.numTicks).toBe(800_000);
  });

  it.each([
    ["nothing", "", 400, /empty/],
    ["prose", "hello world", 422, /count is not a number/],
    ["prose of words alone", "hello", 422, /no samples/],
    ["base64 that is none", JSON.stringify({ name: "n", profile: "%%%" }), 400, /base64/],
    ["a gzip that breaks off", Uint8Array.of(0x1f, 0x8b, 8, 0, 1), 422, /gzip/],
  ])("of %s is refused", async (_what, body, status, message) => {
    const response = await upload(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it("larger than the limit is refused by its length alone", async () => {
    const response = await upload("x", "/", { "content-length": String(SHARING.uploadBytes + 1) });
    expect(response.status).toBe(413);
  });
});

describe("a file too large for the edge", () => {
  it.each(["whole", "in pieces"])("is kept as it came, and left to the reader's browser: sent %s", async (how) => {
    let text = "";
    for (let i = 0; text.length <= SHARING.decodedBytes; i++) text += `main;function${i % 5000};line${i} ${i % 97}\n`;
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const response = await upload(how === "whole" ? packed : inPieces(packed, [1, 100_000]));
    const { key } = (await response.json()) as ShareAnswer;
    expect(response.status).toBe(200);
    expect((await call(`/share/${key}/data`)).status).toBe(404);
    expect((await (await call(`/share/${key}/original`)).arrayBuffer()).byteLength).toBe(packed.length);
  });
});

describe("who may", () => {
  const tokens = { EDGEFLAME_TOKEN: "write:w,read:r" };
  const anonymous = { ...tokens, EDGEFLAME_ANONYMOUS_UPLOADS: "on" };
  const proxied = { ...anonymous, EDGEFLAME_ADDRESS_HEADER: "x-real-ip" };

  it.each([
    ["no token", {}, tokens, 401],
    ["a token that reads", { authorization: "Bearer r" }, tokens, 403],
    ["a token that writes", { authorization: "Bearer w" }, tokens, 200],
    ["no token where strangers may", {}, anonymous, 200],
    ["a bad token where strangers may", { authorization: "Bearer x" }, anonymous, 401],
  ])("with %s", async (_who, headers, bindings, status) => {
    expect((await upload(FOLDED, "/", headers as Record<string, string>, bindings)).status).toBe(status);
  });

  it("lets any page's script ask, and read the answer", async () => {
    const asked = await call("/api/upload/v1", { method: "OPTIONS" });
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect((await upload(FOLDED)).headers.get("access-control-allow-origin")).toBe("*");
    expect((await upload("hello")).headers.get("access-control-allow-origin")).toBe("*");
  });

  it("tells a stranger who sent too much before anything of the body is read", async () => {
    const send = (body: BodyInit) => upload(body, "/", { "x-real-ip": "192.0.2.9" }, proxied);
    for (let i = 0; i < SHARING.uploadsPerHour; i++) expect((await send(FOLDED)).status).toBe(200);
    let pulls = 0;
    const unread = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
    expect([(await send(unread)).status, pulls]).toEqual([429, 0]);
  });

  it("counts strangers by address and hour, and tells when to come again", async () => {
    const send = (address: string) => upload(FOLDED, "/", { "x-real-ip": address }, proxied);
    for (let i = 0; i < SHARING.uploadsPerHour; i++) expect((await send("192.0.2.1")).status).toBe(200);
    const refused = await send("192.0.2.1");
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await send("192.0.2.2")).status).toBe(200);
    clock.now += 3600;
    expect((await send("192.0.2.1")).status).toBe(200);
  });

  it.each([
    ["at the edge, Cloudflare's", { ...anonymous, EDGEFLAME_EMBEDDED: undefined }, 2],
    ["on the embedded server, none", anonymous, 1],
  ])("knows a stranger by a header that strangers can't choose: %s", async (_where, bindings, buckets) => {
    for (const address of ["192.0.2.1", "report 192.0.2.1"])
      expect((await upload(FOLDED, "/", { "cf-connecting-ip": address }, bindings)).status).toBe(200);
    expect(await rows("SELECT uploads FROM share_rates")).toHaveLength(buckets);
  });

  it("keeps a stranger's file for a month, or for as long as others once it is claimed", async () => {
    const [left, claimed] = await Promise.all(
      [1, 2].map(async () => (await (await upload(FOLDED, "/", {}, anonymous)).json()) as ShareAnswer),
    );
    const secret = claimed?.deleteUrl.split("/").at(-1);
    const claim = (text: string | undefined) =>
      call(
        `/api/shares/${claimed?.key}/claim?secret=${text}`,
        { method: "POST", headers: { authorization: "Bearer r" } },
        tokens,
      );
    expect((await claim("wrong")).status).toBe(404);
    const first = await claim(secret);
    expect(first.status).toBe(200);
    const { expiresAt, ...rest } = (await first.json()) as { expiresAt: string };
    expect(rest).toEqual({ wasClaimedBefore: false });
    clock.now += 86_400;
    // Once more changes nothing, and says so.
    expect(await (await claim(secret)).json()).toEqual({ expiresAt, wasClaimedBefore: true });
    clock.now += (SHARING.anonymousDays + 1) * 86_400;
    expect((await call(`/share/${left?.key}/data`)).status).toBe(404);
    expect((await call(`/share/${claimed?.key}/data`)).status).toBe(200);
  });
});
