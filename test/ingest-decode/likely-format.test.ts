// What senders are told of a body that is not what it was taken for: by its first bytes, of real files where there are some.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { likelyAdvice, type ReadAs, withLikelyAdvice } from "../../src/ingest/likely-format.ts";
import { AppError, malformed } from "../../src/lib/app-error.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { pprofFiles } from "../server/conformance-truth.ts";
import { describeWithSharedData } from "../support/skips.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const stacks = Array.from({ length: 200 }, (_, i) => ({ stack: ["main", `work${i}`], values: [i + 1] }));
const pprof = pprofOf({
  types: ["samples/count", "cpu/nanoseconds"],
  samples: stacks.map((one) => ({ ...one, values: [1, 2] })),
});
const folded = bytes("main;work 90\nmain;idle 10\n");
const form = bytes('--x\r\nContent-Disposition: form-data; name="profile"; filename="a"\r\n\r\nbytes\r\n--x--\r\n');

describe("what a body looks like that can't be read", () => {
  it.each<[what: string, body: Uint8Array, readAs: ReadAs, advice: RegExp]>([
    ["pprof without format", pprof, "folded", /pprof: send it to \/ingest with format=pprof/],
    ["gzipped pprof without format", gzipSync(pprof), "folded", /format=pprof/],
    ["gzipped pprof that was cut off", gzipSync(pprof).subarray(0, 1000), "pprof", /was cut or changed/],
    ["gzip that is none", Uint8Array.of(0x1f, 0x8b, 1, 2, 3), "pprof", /begins as gzip and is none/],
    ["pprof that was cut off", pprof.subarray(0, 900), "pprof", /was cut or changed/],
    ["pprof gzipped twice", gzipSync(gzipSync(pprof)), "pprof", /gzipped twice/],
    ["pprof as a recording", pprof, "jfr", /format=pprof/],
    ["pprof to OTLP", pprof, "otlp", /\/ingest with format=pprof/],
    ["pprof in base64", bytes(btoa(String.fromCharCode(...gzipSync(pprof)))), "pprof", /base64/],
    ["a recording as pprof", bytes("FLR\0\0\x02"), "pprof", /format=jfr/],
    ["a recording that was cut off", bytes("FLR\0\0\x02"), "jfr", /was cut or changed/],
    ["folded stacks as pprof", folded, "pprof", /without the parameter `format`/],
    ["folded stacks of perf", bytes("[unknown];main 3\n[unknown];b 1.5"), "folded", /a whole number/],
    ["folded stacks of PHP", bytes("{main};foo 1.5"), "folded", /a whole number/],
    ["folded stacks of Java", bytes("java;a 1\njava;b 1.5"), "folded", /a whole number/],
    ["folded stacks behind an empty line", bytes("\nmain;foo 1.5"), "folded", /a whole number/],
    ["folded stacks with fractions", bytes("main;work 1.5\n"), "folded", /a whole number/],
    ["stacks without counts", bytes("main;work\nmain;idle\n"), "folded", /format=lines/],
    ["text as pprof", bytes("hello"), "pprof", /this is text/],
    [
      "speedscope without format",
      bytes('{"$schema":"https://www.speedscope.app/file-format-schema.json"}'),
      "folded",
      /format=speedscope/,
    ],
    [
      "speedscope that was cut off",
      bytes('{"$schema":"https://www.speedscope.app/file-format-schema.json"'),
      "speedscope",
      /was cut or changed/,
    ],
    ["a .cpuprofile", bytes('{"nodes":[{"callFrame":{}}],"timeDeltas":[]}'), "speedscope", /Ad hoc/],
    ["JSON cut off at its beginning", bytes("{"), "pprof", /this is JSON/],
    ["other JSON", bytes('{"profile":"aGVsbG8="}'), "pprof", /bytes of the profile themselves/],
    ["traces", bytes('{"resourceSpans":[]}'), "folded", /profiles alone/],
    ["OTLP as JSON of protobuf's type", bytes('{"resourceProfiles":[]}'), "otlp", /as application\/json/],
    [
      "OTLP as protobuf of JSON's type",
      Uint8Array.of(10, 2, 10, 0, 18, 2, 10, 0),
      "otlp-json",
      /as application\/x-protobuf/,
    ],
    ["a form under format=pprof", form, "pprof", /without the parameter `format`/],
    ["perf.data", bytes("PERFILE2\0\0"), "folded", /stackcollapse-perf/],
    [
      "perf script",
      bytes("java 12/12 [001] 42.123456: 250000 cpu-clock:\n\t7f1c2b3d main (/usr/bin/java)\n\n"),
      "folded",
      /stackcollapse-perf/,
    ],
    [
      "Go's heap profile as text",
      bytes("heap profile: 4: 128 [9: 4096] @ heap/1048576\n"),
      "pprof",
      /without `debug=`/,
    ],
    ["goroutines as text", bytes("goroutine 1 [running]:\nmain.main()\n"), "folded", /without `debug=`/],
    ["an execution trace of Go", bytes("go 1.22 trace\0\0\0"), "pprof", /execution trace/],
    ["a heap dump of Java", bytes("JAVA PROFILE 1.0.2\0"), "jfr", /heap dump/],
    ["a zip file", bytes("PK\x03\x04\x14\0"), "pprof", /zip file/],
    ["zstd", zstdCompressSync(pprof), "pprof", /not with gzip/],
    ["a web page", bytes("<!DOCTYPE html>\n<html>502 Bad Gateway 3\n</html>"), "folded", /web page/],
    ["a picture", bytes('<?xml version="1.0"?>\n<svg>3 samples 4\n</svg>'), "folded", /py-spy/],
    ["UTF-16", bytes("\xff\xfem\0a\0i\0n\0 \x009\0\n\0"), "folded", /UTF-16/],
  ])("%s", (_what, body, readAs, advice) => {
    expect(likelyAdvice(body, readAs)).toMatch(advice);
  });

  it.each<[what: string, body: Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["bytes of no kind", Uint8Array.of(0x80, 0, 1, 2, 0xff)],
  ])("says nothing of %s", (_what, body) => {
    expect(likelyAdvice(body, "pprof")).toBeNull();
  });

  it("leaves errors of other kinds, and those that know better, as they are", () => {
    const known = new AppError("malformed_profile", "", { advice: "do that" });
    const other = new AppError("profile_too_large", "");
    expect([withLikelyAdvice(known, folded, "pprof"), withLikelyAdvice(other, folded, "pprof")]).toEqual([
      known,
      other,
    ]);
    expect(withLikelyAdvice(malformed("why"), folded, "pprof")).toMatchObject({
      message: "why",
      facts: { advice: expect.stringContaining("format") },
    });
  });

  it("comes to an end with long hostile texts, within the time of a test", () => {
    for (const unit of [" 1", " ", "1 ", "a", "\n", "--", "{", "<", "H4sI"])
      expect(() => likelyAdvice(bytes(unit.repeat(65_536)), "pprof")).not.toThrow();
  });
});

describeWithSharedData("of recorded files", (sharedDataDir) => {
  it("takes an export of many resources for OTLP", () => {
    const file = readFileSync(join(sharedDataDir, "otlp", "otel-ebpf-profile.pb.bin"));
    expect(likelyAdvice(file, "pprof")).toMatch(/looks like OTLP/);
    expect(likelyAdvice(file, "otlp")).toMatch(/can't read it either/);
  });

  it.each(pprofFiles(sharedDataDir))("takes $name for pprof", ({ bytes: file }) => {
    expect(likelyAdvice(file, "folded")).toMatch(/looks like pprof/);
  });
});
