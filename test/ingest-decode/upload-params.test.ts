import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { chooseFormat } from "../../src/ingest/choose-format.ts";
import { parseUploadParams } from "../../src/ingest/upload-params.ts";
import { uploadSlot } from "../../src/ingest/upload-slot.ts";

const NOW = 1_700_000_000;
const parse = (query: string) => parseUploadParams(new URLSearchParams(query), NOW, LIMITS);

describe("parseUploadParams", () => {
  it("has a default for everything but the name", () => {
    expect(parse("name=app")).toEqual({
      name: { app: "app", labels: [] },
      nameNotes: [],
      from: null,
      until: null,
      sampleRate: null,
      spyName: "unknown",
      units: "samples",
      aggregation: "sum",
      format: "",
    });
  });

  it("reads everything, takes empty for absent and the first of several", () => {
    const query =
      "name=app%7Ba%3D1%7D&name=other&from=now-10s&until=1700000000&sampleRate=250&spyName=gospy&units=&units=bytes" +
      "&aggregationType=avg&format=folded&unknown=1";
    expect(parse(query)).toEqual({
      name: { app: "app", labels: [["a", "1"]] },
      nameNotes: [],
      from: NOW - 10,
      until: NOW,
      sampleRate: 250,
      spyName: "gospy",
      units: "samples",
      aggregation: "average",
      format: "folded",
    });
  });

  it.each([
    ["0", 0],
    ["97", 97],
    ["+97", 97],
    ["-1", null],
    ["fast", null],
    ["1.5", null],
    ["4294967296", null],
  ])("takes sampleRate=%s for %s and never fails", (text, rate) => {
    expect(parse(`name=app&sampleRate=${encodeURIComponent(text)}`).sampleRate).toBe(rate);
  });

  it.each([
    ["", "name: service name is required"],
    ["name=", "name: service name is required"],
    ["name=a%20b", "name: invalid service name: a b: character is not allowed: ' '"],
    [`name=${"a".repeat(70_000)}`, "name: service name is too long"],
    [`name=${"a".repeat(3000)}`, "name: service name is too long"],
  ])("refuses %.40s", (query, message) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: "invalid_argument", message }));
  });
});

describe("chooseFormat", () => {
  const multipart = "multipart/form-data; boundary=x";
  it.each([
    ["", "", "folded"],
    ["folded", "text/plain", "folded"],
    ["collapsed", "", "folded"],
    ["groups", "binary/octet-stream", "folded"],
    ["jfr", "", "jfr"],
    ["jfr", multipart, "jfr"],
    ["anything", "", "folded"],
    ["folded", multipart, "pprof-parts"],
    ["", multipart, "pprof-parts"],
    ["pprof", multipart, "pprof"],
    ["pprof", "binary/octet-stream", "pprof"],
  ])("format=%s with %s is %s", (format, type, expected) => {
    expect(chooseFormat(format, type)).toBe(expected);
  });

  it.each([
    ["trie", "", "trie"],
    ["", "binary/octet-stream+trie", "trie"],
    ["tree", multipart, "tree"],
    ["", "binary/octet-stream+tree", "tree"],
    ["lines", "", "lines"],
    ["speedscope", multipart, "speedscope"],
  ])("format=%s with %s is %s, old or new", (format, type, expected) => {
    expect(chooseFormat(format, type)).toBe(expected);
  });
});

describe("uploadSlot", () => {
  it.each([
    ["by from", NOW - 3600 + 7, NOW, NOW - 3600],
    ["of receipt without from", null, null, NOW],
    ["of receipt without from, whatever until", null, NOW + 1e9, NOW],
    ["by from, when there is no until", NOW + 60, null, NOW + 60],
    ["however old", 1_000_000_000, 1_000_000_010, 1_000_000_000],
    ["up to a day ahead", NOW + 86_400, NOW + 86_410, NOW + 86_400],
  ])("is the one %s", (_what, from, until, slot) => {
    expect(uploadSlot(from, until, NOW + 9)).toEqual({ slot, notes: [] });
  });

  it.each([
    ["before 2000", 0, 10],
    ["far ahead", NOW + 90_000, NOW + 90_010],
    ["a clock count", 638e15, 638e15],
    ["after until", NOW - 10, NOW - 20],
  ])("is the one of receipt for a time %s, which is noted", (_what, from, until) => {
    const { slot, notes } = uploadSlot(from, until, NOW + 9);
    expect(slot).toBe(NOW);
    expect(notes).toMatchObject([{ kind: "time_replaced" }]);
  });
});
