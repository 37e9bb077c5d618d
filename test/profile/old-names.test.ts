import { describe, expect, it } from "vitest";
import { oldNamesOf, resolveOldName, splitOldName } from "../../src/profile/old-names.ts";
import type { TypeInfo } from "../../src/profile/profile-type.ts";

const type = (id: string, oldSuffix: string): TypeInfo => ({
  id,
  oldSuffix,
  units: "",
  aggregation: "sum",
  sampleRate: 100,
  spyName: "",
});

const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";

/** What real uploads leave behind: [type id, claimed suffix] of each app. */
const APPS: Record<string, TypeInfo[]> = {
  "Go CPU": [type(CPU, ""), type(SAMPLES, "cpu")],
  "Java CPU, which counts no samples": [type(CPU, "")],
  "CPU named by sample_type_config, next to unnamed samples": [type(CPU, "cpu"), type(SAMPLES, "")],
  "CPU named by its sample type, next to samples": [type(CPU, "cpu"), type(SAMPLES, "cpu")],
  "folded text, app.cpu": [type(CPU, ""), type(SAMPLES, "cpu")],
  "folded text, app.wall": [
    type("wall:samples:count:cpu:nanoseconds", "wall"),
    type("wall:wall:nanoseconds:cpu:nanoseconds", ""),
  ],
  "folded text, unknown suffix": [type(CPU, ""), type(SAMPLES, "")],
  "Node wall": [type("wall:sample:count:wall:microseconds", ""), type("wall:wall:microseconds:wall:microseconds", "")],
  "Node wall whose samples claim cpu": [
    type("wall:samples:count:wall:nanoseconds", "cpu"),
    type("wall:wall:nanoseconds:wall:nanoseconds", ""),
  ],
  "Go heap": [
    type("memory:alloc_objects:count:space:bytes", "alloc_objects"),
    type("memory:alloc_space:bytes:space:bytes", "alloc_space"),
    type("memory:inuse_objects:count:space:bytes", "inuse_objects"),
    type("memory:inuse_space:bytes:space:bytes", "inuse_space"),
  ],
  "Go goroutines": [type("goroutines:goroutine:count:goroutine:count", "goroutines")],
  "mutex and block, both under the defaults": [
    type("block:contentions:count:contentions:count", "mutex_count"),
    type("mutex:contentions:count:contentions:count", "mutex_count"),
  ],
};

describe("resolveOldName", () => {
  it.each<[keyof typeof APPS & string, string, string | null]>([
    ["Go CPU", "cpu", SAMPLES],
    ["Go CPU", "itimer", SAMPLES],
    ["Go CPU", "samples", SAMPLES],
    ["Go CPU", "wall", null],
    ["Go CPU", "", null],
    ["Java CPU, which counts no samples", "cpu", CPU],
    ["CPU named by sample_type_config, next to unnamed samples", "cpu", CPU],
    ["CPU named by its sample type, next to samples", "cpu", SAMPLES],
    ["folded text, app.wall", "wall", "wall:samples:count:cpu:nanoseconds"],
    ["folded text, app.wall", "seconds", "wall:samples:count:cpu:nanoseconds"],
    ["folded text, app.wall", "cpu", null],
    ["folded text, unknown suffix", "", SAMPLES],
    ["folded text, unknown suffix", "cpu", SAMPLES],
    ["Node wall", "wall", "wall:wall:microseconds:wall:microseconds"],
    ["Node wall", "sample", "wall:sample:count:wall:microseconds"],
    ["Node wall whose samples claim cpu", "cpu", "wall:samples:count:wall:nanoseconds"],
    ["Node wall whose samples claim cpu", "wall", "wall:wall:nanoseconds:wall:nanoseconds"],
    ["Go heap", "inuse_space", "memory:inuse_space:bytes:space:bytes"],
    ["Go goroutines", "goroutines", "goroutines:goroutine:count:goroutine:count"],
    ["Go goroutines", "goroutine", "goroutines:goroutine:count:goroutine:count"],
    ["mutex and block, both under the defaults", "mutex_count", "mutex:contentions:count:contentions:count"],
  ])("%s: .%s", (app, suffix, expected) => {
    const types = APPS[app] ?? [];
    expect(resolveOldName(types, suffix)?.id ?? null).toBe(expected);
    expect(resolveOldName([...types].reverse(), suffix)?.id ?? null).toBe(expected);
  });
});

describe("oldNamesOf", () => {
  it.each<[keyof typeof APPS & string, string[]]>([
    ["Go CPU", ["app.cpu"]],
    ["Java CPU, which counts no samples", ["app.cpu"]],
    ["CPU named by sample_type_config, next to unnamed samples", ["app.cpu", "app.samples"]],
    ["folded text, app.wall", ["app.wall"]],
    ["folded text, unknown suffix", ["app"]],
    ["Node wall", ["app.sample", "app.wall"]],
    ["Node wall whose samples claim cpu", ["app.cpu", "app.wall"]],
    ["Go heap", ["app.alloc_objects", "app.alloc_space", "app.inuse_objects", "app.inuse_space"]],
    ["mutex and block, both under the defaults", ["app.contentions", "app.mutex_count"]],
  ])("%s", (app, expected) => {
    expect(oldNamesOf("app", APPS[app] ?? []).map(({ name }) => name)).toEqual(expected);
  });

  it("lists only names that resolve to their type", () => {
    for (const types of Object.values(APPS)) {
      for (const { name, type } of oldNamesOf("my.app", types)) {
        const found = splitOldName(name)
          .filter(({ service }) => service === "my.app")
          .map(({ suffix }) => resolveOldName(types, suffix))
          .find((resolved) => resolved !== null);
        expect(found).toBe(type);
      }
    }
  });
});

it.each([
  ["app.cpu", ["app.cpu|", "app|cpu", "app.cpu|cpu"]],
  ["my.app.alloc_space", ["my.app.alloc_space|", "my.app|alloc_space", "my.app.alloc_space|cpu"]],
  ["app", ["app|", "app|cpu"]],
  [".cpu", [".cpu|", ".cpu|cpu"]],
  ["app.", ["app.|", "app.|cpu"]],
])("reads %s as any of its splits", (name, expected) => {
  expect(splitOldName(name).map(({ service, suffix }) => `${service}|${suffix}`)).toEqual(expected);
});
