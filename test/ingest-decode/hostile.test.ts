// Any query, content type and body: an upload, nothing to store, or a client's error.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { flipBits, mutate, random } from "../formats/mutations.ts";
import { concat, pprofOf } from "../formats/pprof-bytes.ts";
import { jsonPart, multipart, NOW, raw, SETTINGS } from "./upload.ts";

const CLIENT_CODES = ["invalid_argument", "malformed_profile", "profile_too_large", "unsupported_media_type"];

async function outcome(request: ReturnType<typeof raw>): Promise<string> {
  try {
    const upload = await decodeUpload(request, SETTINGS);
    if (upload === null) return "nothing to store";
    expect(upload.slot % 10).toBe(0);
    expect(Math.abs(upload.slot - NOW)).toBeLessThan(1e9);
    return "stored";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (CLIENT_CODES.includes(code)) return code;
    throw error;
  }
}

describe("decodeUpload of hostile input", () => {
  it("never fails in another way, whatever the query says", async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("app", "app{a=1}", "now-1h", "20200101", "-1", "1e9", "pprof", "average"),
    );
    const keys = ["name", "from", "until", "sampleRate", "spyName", "units", "aggregationType", "format"];
    const query = fc.array(fc.tuple(fc.constantFrom(...keys), word), { maxLength: 8 });
    const body = fc.constantFrom("main;work 3\n", "main -1", "", "\u001f\u008b");
    const type = fc.constantFrom("", "text/plain", "multipart/form-data; boundary=x", "binary/octet-stream+trie");
    await fc.assert(
      fc.asyncProperty(query, body, type, async (pairs, text, contentType) => {
        const params = new URLSearchParams([...pairs, ["name", "app"]] as [string, string][]);
        await outcome({ ...raw("", text, contentType), params });
      }),
      { numRuns: 500 },
    );
  });

  it("never fails in another way, however a form is damaged", async () => {
    const profile = pprofOf({
      types: ["alloc_space/bytes", "inuse_space/bytes"],
      samples: [{ stack: ["a", "b"], values: [5, 6] }],
    });
    const prev_profile = pprofOf({ types: ["alloc_space/bytes"], samples: [{ stack: ["a"], values: [2] }] });
    const sample_type_config = jsonPart({ alloc_space: { cumulative: true, "display-name": "x" } });
    const request = await multipart("name=app", { profile, prev_profile, sample_type_config });
    expect(await outcome(request)).toBe("stored");
    const next = random(5);
    const outcomes = new Set<string>();
    for (let i = 0; i < 1500; i++) {
      const body = concat(i % 2 === 0 ? flipBits(request.body, next) : mutate(request.body, next));
      outcomes.add(await outcome({ ...request, body }));
    }
    expect([...outcomes].sort()).toEqual(["malformed_profile", "nothing to store", "stored"]);
  });
});
