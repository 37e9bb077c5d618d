// The recorded requests of real clients, byte for byte.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { listRecorded, readRecorded } from "../support/recorded-request.ts";
import { seriesLines, totalOf } from "./upload.ts";

const NOW = Date.UTC(2026, 10, 23) / 1000;

async function uploadOf(name: string) {
  const { path, headers, body } = readRecorded(name);
  const params = new URL(path, "http://localhost").searchParams;
  const request = { params, contentType: headers["content-type"] ?? "", body };
  const upload = await decodeUpload(request, { now: NOW, limits: LIMITS, goRepair: true });
  if (upload === null) throw new Error(`${name} holds nothing`);
  return { upload, params };
}

const uploads = listRecorded().filter((name) => readRecorded(name).path.startsWith("/ingest?"));

describe("recorded requests", () => {
  it.each(uploads)("%s is stored under its service, in the slot of its from", async (name) => {
    const { upload, params } = await uploadOf(name);
    expect(params.get("name")?.split("{")[0]).toBe(upload.service);
    expect(String(upload.slot)).toBe(`${params.get("from")?.slice(0, 9)}0`);
    expect(upload.notes).toEqual([]);
    for (const { labels } of upload.series) {
      expect(labels).toContainEqual(["pyroscope_spy", params.get("spyName")]);
      expect(labels.filter(([label]) => label.startsWith("__"))).toEqual([]);
    }
  });

  it.each([
    [
      "1-cpu",
      ["process_cpu:samples:count:cpu:nanoseconds", "process_cpu:cpu:nanoseconds:cpu:nanoseconds"],
      ["cpu", ""],
    ],
    ["2-goroutines", ["goroutines:goroutine:count:goroutine:count"], ["goroutines"]],
    [
      "3-block",
      ["block:contentions:count:contentions:count", "block:delay:nanoseconds:contentions:count"],
      ["block_count", "block_duration"],
    ],
    [
      "6-heap",
      [
        "memory:alloc_objects:count:space:bytes",
        "memory:alloc_space:bytes:space:bytes",
        "memory:inuse_objects:count:space:bytes",
        "memory:inuse_space:bytes:space:bytes",
      ],
      ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"],
    ],
  ])("%s has the same types and old names from both clients", async (file, ids, suffixes) => {
    for (const client of ["go-2022", "go-current"]) {
      const { upload } = await uploadOf(`${client}/${file}`);
      const types = new Map(upload.series.map(({ type }) => [type.id, type.oldSuffix]));
      expect([...types.keys()].sort()).toEqual([...ids].sort());
      expect(ids.map((id) => types.get(id))).toEqual(suffixes);
    }
  });

  it("of CPU have a series per vehicle, and as much time as samples of 10 ms", async () => {
    const { upload } = await uploadOf("go-2022/1-cpu");
    const vehicles = new Set(
      upload.series.flatMap(({ labels }) => labels.filter(([name]) => name === "vehicle")).map(([, v]) => v),
    );
    expect([...vehicles].sort()).toEqual(["bike", "car", "scooter"]);
    const sum = (id: string) =>
      upload.series.filter(({ type }) => type.id.includes(id)).reduce((total, one) => total + totalOf(one), 0n);
    expect(sum(":cpu:nanoseconds:cpu")).toBe(sum(":samples:") * 10_000_000n);
  });

  it("of the 2022 client's heap hold the difference of allocations and the whole of what is in use", async () => {
    // The differences are what `go tool pprof -base prev_profile profile` says.
    expect(seriesLines((await uploadOf("go-2022/6-heap")).upload).sort()).toEqual([
      "memory:alloc_objects:count:space:bytes{region=us-west-1} 1984",
      "memory:alloc_space:bytes:space:bytes{region=us-west-1} 7842071",
      "memory:inuse_objects:count:space:bytes{region=us-west-1} 649",
      "memory:inuse_space:bytes:space:bytes{region=us-west-1} 3925196",
    ]);
  });
});
