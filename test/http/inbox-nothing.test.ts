// Uploads that are answered 200 and leave nothing behind: whoever sent something else than they meant is told, an idle program is not.
import { beforeEach, describe, expect, it } from "vitest";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { inboxOf, onlyEntry, readInbox } from "../support/inbox-calls.ts";
import { standStill } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();
beforeEach(async () => {
  await inboxOf().clear(null);
});

const goodPprof = pprofOf({ types: ["samples/count"], samples: [{ stack: ["main"], values: [1] }] });

describe("what was taken and held nothing", () => {
  const form = async (parts: Record<string, string | Blob>) => {
    const data = new FormData();
    for (const [name, part] of Object.entries(parts)) data.append(name, part);
    const encoded = new Response(data);
    return { body: new Uint8Array(await encoded.arrayBuffer()), type: encoded.headers.get("content-type") ?? "" };
  };
  const send = (body: BodyInit, query: Record<string, string>, type = "binary/octet-stream") =>
    call(`/ingest?${new URLSearchParams({ name: "void.cpu", ...query })}`, {
      method: "POST",
      body,
      headers: { "content-type": type },
    });

  it.each<[string, Record<string, string>, () => Promise<{ body: BodyInit; type?: string }>, RegExp]>([
    ["a form without the part", {}, () => form({ pprof: new Blob([goodPprof]) }), /no file `profile`/],
    ["a part without a file name", {}, () => form({ profile: "text" }), /no file `profile`/],
    ["JSON taken for folded text", {}, async () => ({ body: '{"nodes":[]}\n' }), /read as folded/],
    ["a recording taken for a tree", { format: "trie" }, async () => ({ body: new Uint8Array(4) }), /read as trie/],
  ])("is told why: %s", async (_what, query, make, message) => {
    const { body, type } = await make();
    const response = await send(body, query, type);
    expect([response.status, response.headers.get("edgeflame-notes")]).toEqual([200, expect.stringMatching(message)]);
    expect(await onlyEntry()).toMatchObject({ outcome: "mended", reason: "nothing_stored" });
  });

  it.each<[string, Record<string, string>, () => Promise<{ body: BodyInit; type?: string }>]>([
    ["an empty body", {}, async () => ({ body: "" })],
    ["empty lines", {}, async () => ({ body: "\n\n" })],
    ["counts of zero", {}, async () => ({ body: "main;idle 0\n" })],
    ["a tree of a root", { format: "tree" }, async () => ({ body: new Uint8Array(3) })],
    ["an empty part", {}, () => form({ profile: new Blob([]) })],
    [
      "a profile without samples",
      { format: "pprof" },
      async () => ({ body: pprofOf({ types: ["cpu/nanoseconds"], samples: [] }) }),
    ],
  ])("is silent of an idle program: %s", async (_what, query, make) => {
    const { body, type } = await make();
    const response = await send(body, query, type);
    expect([response.status, response.headers.get("edgeflame-notes")]).toEqual([200, null]);
    expect((await readInbox()).entries).toEqual([]);
  });
});
