import fc from "fast-check";
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
    ["Map[go.shape.int].Get", "Map[...].Get"],
    ["Map[go.shape.struct { X []go.shape.int },go.shape.string].Get", "Map[...].Get"],
    ["a[go.shape.int].b[go.shape.string]", "a[...]"],
    ["open[go.shape.int", "open[go.shape.int"],
    ["Map[int].Get", "Map[int].Get"],
  ])("take type parameters out of Go's %s", (name, expected) => {
    expect(stackLines(decode(go([[name]]), { goRepair: true }))).toEqual([`${expected} 1`]);
    expect(stackLines(decode(go([[name]], "app.rs"), { goRepair: true }))).toEqual([`${name} 1`]);
  });

  it("give a generic function of Go one name, whether it was inlined or not", () => {
    const bytes = go([
      ["main", "Map[...].Get"],
      ["main", "Map[go.shape.int].Get"],
    ]);
    expect(stackLines(decode(bytes, { goRepair: true }))).toEqual(["main;Map[...].Get 3"]);
  });

  const frames = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `f${from + i}`);
  const path = (stack: readonly string[]) => stack.join(";");
  const whole = frames(0, 31);
  const cut = [...frames(6, 36), "x", "y"];
  const mended = [...frames(0, 36), "x", "y"];

  it("complete a cut Go stack by a whole one, and keep the totals", () => {
    // 32 frames that begin at f6, and a stack in which f6…f21 occur.
    const lines = stackLines(decode(go([whole, cut]), { goRepair: true }));
    expect(lines).toEqual([`${path(whole)} 1`, `${path(mended)} 2`]);
  });

  it("complete a cut stack by one that was cut itself", () => {
    const deeper = [...frames(12, 40), "z"];
    const lines = stackLines(decode(go([deeper, whole, cut]), { goRepair: true }));
    expect(lines).toContain(`${path([...frames(0, 40), "z"])} 1`);
  });

  it("complete all that end in one window, by the deepest of those that go on longest", () => {
    const other = [...frames(6, 30), "u", "v"];
    const shallow = [...frames(1, 25)];
    const stacks = [shallow, other, whole, cut];
    expect(stackLines(decode(go(stacks), { goRepair: true }))).toEqual(
      [
        `${path(frames(0, 25))} 1`,
        `${path([...frames(0, 30), "u", "v"])} 2`,
        `${path(whole)} 3`,
        `${path(mended)} 4`,
      ].sort(),
    );
  });

  it("complete stacks of CPU profiles, which Go cuts at 64 frames", () => {
    const cpu = (from: number, to: number) =>
      decode(go([frames(0, to), frames(from, from + to)], "app.go", ["cpu/nanoseconds"]), { goRepair: true });
    expect(stackLines(cpu(5, 64))).toContain(`${path(frames(0, 69))} 2`);
    expect(stackLines(cpu(5, 59))).toContain(`${path(frames(5, 64))} 2`);
  });

  it.each([
    ["when no stack tells how it goes on", [frames(50, 80), cut]],
    ["when more than eight frames are missing", [frames(0, 31), frames(9, 41)]],
    ["when none is as long as what Go cuts", [frames(0, 27), frames(4, 31)]],
    ["when Go cuts later, as others say", [frames(0, 33), cut]],
    ["when the window comes again and again", [Array(31).fill("f"), [...Array(30).fill("f"), "x"]]],
  ])("leave a Go stack alone %s", (_when, stacks) => {
    const repaired = decode(go(stacks), { goRepair: true });
    expect(stackLines(repaired)).toEqual(stackLines(decode(go(stacks))));
  });

  it("leave a Go stack alone when what is missing is longer than the stack that tells it", () => {
    const steps = [0, 8, 16, 24, 32].map((from) => frames(from, from + 28));
    expect(stackLines(decode(go(steps), { goRepair: true }))).toEqual(
      [...[28, 36, 44, 52].map((to, i) => `${path(frames(0, to))} ${i + 1}`), `${path(frames(32, 60))} 5`].sort(),
    );
  });

  it("never complete a Go stack by what was not above it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 2, maxLength: 120 }),
        fc.integer({ min: 26, max: 60 }),
        (above, depth) => {
          // A tree: frame i is called by one of the few before it.
          const callers = above.map((n, i) => Math.max(0, i - 1 - (n % 3)));
          const stackOf = (frame: number): string[] =>
            frame === 0 ? ["f0"] : [...stackOf(callers[frame - 1] ?? 0), `f${frame}`];
          const stacks = above.map((_, i) => stackOf(i + 1)).filter(({ length }) => length <= depth);
          const sent = stacks.map((stack) => stack.slice(-32));
          const got = stackLines(decode(go([...sent, whole]), { goRepair: true })).map(
            (line) => line.split(" ")[0] ?? "",
          );
          const isPart = (line: string) => [...stacks, whole].some((stack) => path(stack).endsWith(line));
          expect(got.filter((line) => !isPart(line))).toEqual([]);
          expect(got.length).toBeLessThanOrEqual(sent.length + 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("leave stacks of other languages and kinds alone", () => {
    for (const bytes of [go([whole, cut], "app.rs"), go([whole, cut], "app.go", ["delay/nanoseconds"])])
      expect(stackLines(decode(bytes, { goRepair: true }))).toEqual(stackLines(decode(bytes)));
  });
});
