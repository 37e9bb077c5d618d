// What frames of OTLP are called.
import { describe, expect, it } from "vitest";
import { LIMITS, type Limits } from "../../src/config.ts";
import { decodeAll, requestOfJson } from "./otlp-requests.ts";
import { stackPath } from "./stack-lines.ts";

describe("a frame", () => {
  /** One sample of each stack; `strings` from row 1, a stack for each list of functions (row 1 on; 0 for none), innermost first. */
  const framed = (
    strings: readonly string[],
    functions: readonly object[],
    locations: readonly object[],
    { goRepair = true, limits = LIMITS }: { goRepair?: boolean; limits?: Limits } = {},
  ) => {
    const [upload] = decodeAll(
      requestOfJson({
        dictionary: {
          stringTable: ["", ...strings],
          mappingTable: [{}, { filenameStrindex: 1 }],
          functionTable: [{}, ...functions],
          locationTable: [{}, ...locations],
          stackTable: [{}, { locationIndices: locations.map((_, i) => i + 1).reverse() }],
        },
        resourceProfiles: [{ scopeProfiles: [{ profiles: [{ samples: [{ stackIndex: 1, values: ["1"] }] }] }] }],
      }),
      limits,
      goRepair,
    );
    const { stacks, sampleNodes, notes } = upload!.profile;
    return { path: stackPath(stacks, sampleNodes[0]!), notes };
  };

  it("of which no line names a function is called by its address, and lines without a name are left out", () => {
    const { path } = framed(
      ["/usr/lib/libc.so.6", "main"],
      [{}, { nameStrindex: 2 }],
      [
        { mappingIndex: 1, address: "10", lines: [{ functionIndex: 1, line: "3" }, { functionIndex: 2 }] },
        { mappingIndex: 1, address: "4660", lines: [{ functionIndex: 1, line: "3" }, { functionIndex: 0 }] },
        { mappingIndex: 1, address: "22136" },
      ],
    );
    expect(path).toBe("main;libc.so.6!0x1234;libc.so.6!0x5678");
  });

  const GENERIC = "main.Map[go.shape.int,main.T[go.shape.string]].Get";
  it.each([
    ["loses its type parameters where a file says that it is Go's", "/app/main.go", true, "main.Map[...].Get"],
    ["keeps them where the switch is off", "/app/main.go", false, GENERIC],
    ["keeps them where nothing is Go's", "/app/main.rs", true, GENERIC],
  ])("%s", (_what, fileName, goRepair, expected) => {
    const one = { nameStrindex: 1, filenameStrindex: 2 };
    expect(framed([GENERIC, fileName], [one], [{ lines: [{ functionIndex: 1 }] }], { goRepair }).path).toBe(expected);
  });

  it.each([
    ["y".repeat(65_537), "y".repeat(65_536)],
    // Three bytes each: a whole one is kept, or none of it.
    ["函".repeat(40_000), "函".repeat(21_845)],
  ])("keeps the last 64 KiB of its name, and that is noted", (name, expected) => {
    const { path, notes } = framed([name], [{ nameStrindex: 1 }], [{ lines: [{ functionIndex: 1 }] }]);
    expect(path === expected).toBe(true);
    expect(notes).toMatchObject([{ kind: "symbol_truncated", subject: "1 name", limit: "symbolBytes" }]);
    expect(framed([expected], [{ nameStrindex: 1 }], [{ lines: [{ functionIndex: 1 }] }]).notes).toEqual([]);
  });
});
