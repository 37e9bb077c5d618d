// What differs between Node and workerd on the way of an upload: zlib's errors and the form parser.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { readFixture } from "../support/test-files.ts";

const CPU = pprofOf({ types: ["samples/count"], samples: [{ stack: ["main", "work"], values: [3] }] });
const SETTINGS = { now: 1_700_000_000, limits: LIMITS, goRepair: true };

async function gzip(...members: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = members.map((bytes) => new Response(bytes).body?.pipeThrough(new CompressionStream("gzip")));
  const packed = await Promise.all(parts.map((part) => new Response(part).arrayBuffer()));
  return new Uint8Array(await new Blob(packed).arrayBuffer());
}

describe("in workerd", () => {
  it("gzip inflates, one member or several", async () => {
    expect(new Uint8Array(inflateIfGzip(await gzip(CPU), LIMITS))).toEqual(CPU);
    expect(inflateIfGzip(await gzip(CPU, CPU), LIMITS).length).toBe(CPU.length * 2);
  });

  it("a bomb is too large and damaged gzip malformed", async () => {
    const bomb = await gzip(new Uint8Array(20_000_000));
    expect(() => inflateIfGzip(bomb, LIMITS)).toThrow(expect.objectContaining({ code: "profile_too_large" }));
    const packed = await gzip(CPU);
    const code = expect.objectContaining({ code: "malformed_profile" });
    expect(() => inflateIfGzip(packed.subarray(0, packed.length - 9), LIMITS)).toThrow(code);
    expect(() => inflateIfGzip(Uint8Array.of(0x1f, 0x8b), LIMITS)).toThrow(code);
  });

  it("the 2022 client's recorded form is read, its previous profile too", async () => {
    const head = JSON.parse(new TextDecoder().decode(await readFixture("requests/go-2022/6-heap.json")));
    const upload = await decodeUpload(
      {
        params: new URL(head.path, "http://localhost").searchParams,
        contentType: head.headers["content-type"],
        body: await readFixture("requests/go-2022/6-heap.bin"),
      },
      { ...SETTINGS, now: Date.UTC(2026, 10, 23) / 1000 },
    );
    const space = upload?.series.find(({ type }) => type.oldSuffix === "alloc_space");
    expect(space?.low.reduce((sum, value) => sum + value, 0)).toBe(7_842_071);
  });

  it.each(["multipart/form-data; boundary=x", "multipart/form-data"])(
    "bytes that are no %s are malformed",
    async (contentType) => {
      const request = { params: new URLSearchParams("name=app"), contentType, body: CPU };
      await expect(decodeUpload(request, SETTINGS)).rejects.toMatchObject({ code: "malformed_profile" });
    },
  );
});
