// Wire contract 1.4, row by row: which decoder an upload goes to, and what becomes of one that is only told by its Content-Type. What
// Pyroscope 2 refuses and 0.3x took is taken: unknown suffixes, `prev_profile`, several speedscope profiles without a unit.
import { describe, expect, it } from "vitest";
import { chooseFormat, type UploadFormat } from "../../src/ingest/choose-format.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { decoded, jsonPart, multipart, raw, seriesLines } from "./upload.ts";

const FORM = "multipart/form-data; boundary=x";
const TRIE = "binary/octet-stream+trie";
const TREE = "binary/octet-stream+tree";
const TYPES = ["", "text/plain", "binary/octet-stream", "application/json", TRIE, TREE, FORM, `${TRIE}; charset=x`];
/** By Content-Type in the order of TYPES, for a format that no row before the seventh names. */
const BY_TYPE: readonly UploadFormat[] = [
  "folded",
  "folded",
  "folded",
  "folded",
  "trie",
  "tree",
  "pprof-parts",
  "folded",
];
const always = (format: UploadFormat): readonly UploadFormat[] => BY_TYPE.map(() => format);
/** Rows 1 and 2 look at both, so that a trie's or tree's Content-Type wins over every later format. */
const unless = (format: UploadFormat): readonly UploadFormat[] =>
  BY_TYPE.map((byType) => (byType === "trie" || byType === "tree" ? byType : format));

describe("an upload's decoder, for each format and Content-Type", () => {
  it.each([
    ["trie", always("trie")],
    ["tree", unless("tree").map((format) => (format === "trie" ? "trie" : "tree"))],
    ["lines", unless("lines")],
    ["jfr", unless("jfr")],
    ["pprof", unless("pprof")],
    ["speedscope", unless("speedscope")],
    ["", BY_TYPE],
    ["folded", BY_TYPE],
    ["collapsed", BY_TYPE],
    ["groups", BY_TYPE],
    ["PPROF", BY_TYPE],
    ["exe", BY_TYPE],
  ] as const)("format=%s", (format, expected) => {
    expect(TYPES.map((type) => chooseFormat(format, type))).toEqual(expected);
  });
});

const COUNTS = "process_cpu:samples:count:cpu:nanoseconds";
const TIME = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const WALL_COUNTS = "wall:samples:count:cpu:nanoseconds";
const WALL_TIME = "wall:wall:nanoseconds:cpu:nanoseconds";
const bytes = (...values: number[]) => Uint8Array.from(values);

describe("an upload that only its Content-Type tells", () => {
  const trie = bytes(0, 0, 1, 3, 0x61, 0x3b, 0x62, 4, 0);
  const tree = bytes(0, 0, 1, 1, 0x61, 0, 1, 1, 0x62, 4, 0);

  it.each([
    ["a trie", TRIE, trie],
    ["a tree", TREE, tree],
    ["folded text", "binary/octet-stream", "a;b 4"],
    ["folded text without a type", "", "a;b 4"],
  ])("is read: %s", async (_what, type, body) => {
    expect(seriesLines(await decoded(raw("name=app.cpu", body, type)))[0]).toBe(`${COUNTS}{} 4`);
  });

  it("is refused where the type has parameters: only the exact one is a trie's", async () => {
    await expect(decoded(raw("name=app.cpu&format=pprof", trie, `${TRIE}; a=b`))).rejects.toMatchObject({
      code: "malformed_profile",
    });
  });
});

describe("folded text under every suffix of 0.3x", () => {
  const once = (id: string) => [`${id}{} 4`];
  it.each([
    ["cpu", [`${COUNTS}{} 4`, `${TIME}{} 40000000`]],
    ["itimer", [`${COUNTS}{} 4`, `${TIME}{} 40000000`]],
    ["wall", [`${WALL_COUNTS}{} 4`, `${WALL_TIME}{} 40000000`]],
    ["seconds", [`${WALL_COUNTS}{} 4`, `${WALL_TIME}{} 40000000`]],
    ["milliseconds", [`${WALL_COUNTS}{} 4`, `${WALL_TIME}{} 40000000`]],
    ["microseconds", [`${WALL_COUNTS}{} 4`, `${WALL_TIME}{} 40000000`]],
    ["nanoseconds", [`${WALL_COUNTS}{} 4`, `${WALL_TIME}{} 40000000`]],
    ["inuse_objects", once("memory:inuse_objects:count::")],
    ["alloc_objects", once("memory:alloc_objects:count::")],
    ["inuse_space", once("memory:inuse_space:bytes::")],
    ["alloc_space", once("memory:alloc_space:bytes::")],
    ["goroutines", once("goroutine:goroutines:count::")],
    ["mutex_count", once("mutex:contentions:count::")],
    ["mutex_duration", once("mutex:delay:nanoseconds::")],
    ["block_count", once("block:contentions:count::")],
    ["lock_count", once("block:contentions:count::")],
    ["block_duration", once("block:delay:nanoseconds::")],
    ["lock_duration", once("block:delay:nanoseconds::")],
    ["alloc_in_new_tlab_objects", once("memory:alloc_in_new_tlab_objects:count::")],
    ["alloc_in_new_tlab_bytes", once("memory:alloc_in_new_tlab_bytes:bytes::")],
    ["alloc_outside_tlab_objects", once("memory:alloc_outside_tlab_objects:count::")],
    ["alloc_outside_tlab_bytes", once("memory:alloc_outside_tlab_bytes:bytes::")],
    ["live", once("memory:live:count::")],
    ["exceptions", once("exceptions:samples:count::")],
    ["bytes", once("memory:samples:bytes::")],
  ])("app.%s", async (suffix, expected) => {
    const upload = await decoded(raw(`name=app.${suffix}`, "a;b 3\na;b 1\n"));
    expect(upload.service).toBe("app");
    expect(seriesLines(upload)).toEqual(expected);
    expect(upload.series[0]?.type.oldSuffix).toBe(suffix);
  });

  it.each(["test.app", "app.unknown_suffix", "app.", "a.b.c"])("is CPU time under the whole name: %s", async (name) => {
    const upload = await decoded(raw(`name=${name}&format=folded`, "a 4"));
    expect([upload.service, ...seriesLines(upload)]).toEqual([name, `${COUNTS}{} 4`, `${TIME}{} 40000000`]);
  });
});

describe("what Pyroscope 2 refuses, or gets wrong", () => {
  it("takes a previous profile, and stores the difference", async () => {
    const heap = (objects: number) =>
      pprofOf({
        types: ["alloc_objects/count", "inuse_objects/count"],
        samples: [{ stack: ["f"], values: [objects, 5] }],
      });
    const upload = await decoded(await multipart("name=app", { profile: heap(12), prev_profile: heap(10) }));
    expect(seriesLines(upload).sort()).toEqual([
      "memory:alloc_objects:count::{} 2",
      "memory:inuse_objects:count::{} 5",
    ]);
  });

  const speedscope = (unit: string, profiles: readonly object[]) =>
    jsonPart({
      $schema: "https://www.speedscope.app/file-format-schema.json",
      shared: { frames: [{ name: "a" }, { name: "b" }] },
      profiles: profiles.map((one, i) => ({ name: `p${i}`, unit, startValue: 0, ...one })),
    });
  const sampled = { type: "sampled", samples: [[0, 1]], weights: [7] };
  const evented = {
    type: "evented",
    events: [
      { type: "O", at: 0, frame: 0 },
      { type: "O", at: 2, frame: 1 },
      { type: "C", at: 7, frame: 1 },
      { type: "C", at: 7, frame: 0 },
    ],
  };

  it.each([
    // Upstream: the rate of 1e11 overflows, and every value is 0.
    ["nanoseconds", sampled, [`${WALL_COUNTS}{profile_name=p0} 700`, `${WALL_TIME}{profile_name=p0} 7`]],
    // Upstream: what is open while another frame is opened counts a hundredth of what it should.
    ["seconds", evented, [`${WALL_COUNTS}{profile_name=p0} 700`, `${WALL_TIME}{profile_name=p0} 7000000000`]],
  ])("counts speedscope in %s rightly", async (unit, profile, expected) => {
    const body = speedscope(unit, [profile]);
    expect(seriesLines(await decoded(raw(`name=app.${unit}&format=speedscope`, body)))).toEqual(expected);
  });

  it("takes several speedscope profiles that have no unit, as CPU samples", async () => {
    const upload = await decoded(raw("name=app&format=speedscope", speedscope("none", [sampled, evented])));
    expect(upload.service).toBe("app");
    expect(seriesLines(upload).filter((line) => line.startsWith(COUNTS))).toEqual([
      `${COUNTS}{profile_name=p0} 700`,
      `${COUNTS}{profile_name=p1} 700`,
    ]);
  });
});
