import { describe, expect, it } from "vitest";
import { concat, message, pprofOf } from "./pprof-bytes.ts";
import { decode, location, sample } from "./small-pprof.ts";
import { stackLines } from "./stack-lines.ts";

describe("pprof fix-ups", () => {
  const scripts = (file: string) =>
    pprofOf({ types: ["samples/count"], file, samples: [{ stack: ["main", "work"], values: [1] }] });
  it.each([
    ["always", "app.py", "app.py main;app.py work 1"],
    ["always", "/app.py", "/app.py main;/app.py work 1"],
    ["unless absolute", "app.py", "app.py main;app.py work 1"],
    ["unless absolute", "/app.py", "main;work 1"],
    ["never", "app.py", "main;work 1"],
  ] as const)("put the file before a name: %s, in %s", (fileInName, file, line) => {
    expect(stackLines(decode(scripts(file), { fileInName }))).toEqual([line]);
  });

  it("number .NET functions like their locations and mend the names of types", () => {
    const bytes = concat(
      message([1, message([1, 1], [2, 2])], [6, ""], [6, "alloc-size"], [6, "bytes"], [6, "main"], [6, "work"]),
      message([5, message([2, 3])], [5, message([2, 4])]),
      concat(location(11, 11), location(12, 12)),
      sample([12, 11], [1]),
    );
    expect(() => decode(bytes)).toThrow("function id is 0");
    const profile = decode(bytes, { dotnet: true });
    expect(profile.sampleTypes).toEqual([{ type: "alloc_size", unit: "bytes" }]);
    expect(stackLines(profile)).toEqual(["main;work 1"]);
  });

  const go = (stacks: string[][], file = "app.go", types = ["alloc_space/bytes"]) =>
    pprofOf({ types, file, samples: stacks.map((stack, i) => ({ stack, values: [i + 1] })) });

  it.each([
    ["Map[go.shape.int].Get", "Map.Get"],
    ["Map[go.shape.struct { X []go.shape.int },go.shape.string].Get", "Map.Get"],
    ["a[go.shape.int].b[go.shape.string]", "a.b"],
    ["open[go.shape.int", "open"],
    ["Map[int].Get", "Map[int].Get"],
  ])("take type parameters out of Go's %s", (name, expected) => {
    expect(stackLines(decode(go([[name]]), { goRepair: true }))).toEqual([`${expected} 1`]);
    expect(stackLines(decode(go([[name]], "app.rs"), { goRepair: true }))).toEqual([`${name} 1`]);
  });

  const frames = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `f${from + i}`);
  const whole = [...frames(0, 31)];
  const cut = [...frames(10, 40), "x", "y"];

  it("complete a cut Go stack by a whole one, and keep the totals", () => {
    // 32 frames that begin at f10, where nothing begins, and a whole stack in which f10…f25 occur.
    const lines = stackLines(decode(go([whole, cut]), { goRepair: true }));
    expect(lines).toEqual([`${whole.join(";")} 1`, `${[...frames(0, 40), "x", "y"].join(";")} 2`]);
  });

  it("complete a cut stack by one that was just completed", () => {
    const deeper = [...frames(24, 50), ...frames(100, 106)];
    const lines = stackLines(decode(go([whole, cut, deeper]), { goRepair: true }));
    expect(lines).toContain(`${[...frames(0, 50), ...frames(100, 106)].join(";")} 3`);
  });

  it.each([
    ["when no stack tells how it goes on", [frames(50, 80), cut]],
    ["when it begins like a short stack", [whole, cut, ["f10", "z"]]],
    ["when it is shorter than what is cut", [whole, cut.slice(0, 31)]],
  ])("leave a Go stack alone %s", (_when, stacks) => {
    const repaired = decode(go(stacks), { goRepair: true });
    expect(stackLines(repaired)).toEqual(stackLines(decode(go(stacks))));
  });

  it("leave stacks of other languages and kinds alone", () => {
    for (const bytes of [go([whole, cut], "app.rs"), go([whole, cut], "app.go", ["delay/nanoseconds"])])
      expect(stackLines(decode(bytes, { goRepair: true }))).toEqual(stackLines(decode(bytes)));
  });
});
