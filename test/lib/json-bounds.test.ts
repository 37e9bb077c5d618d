// What JSON comes to, seen as bytes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonSize } from "../../src/lib/json-bounds.ts";

const sizeOf = (text: string) => jsonSize(new TextEncoder().encode(text));

describe("the size of JSON", () => {
  it.each([
    ["a number", "17", { depth: 0, objects: 0, parts: 0, names: 0 }],
    ["lists within lists", "[[[]],[]]", { depth: 3, objects: 0, parts: 4, names: 0 }],
    ["brackets within a text", '["[[{", "}]"]', { depth: 1, objects: 0, parts: 3, names: 0 }],
    ["a quote that is escaped", '["\\"[[", "\\\\", []]', { depth: 2, objects: 0, parts: 4, names: 0 }],
    ["names that repeat", '[{"a":1,"bc":2},{"a":3,"bc":4}]', { depth: 2, objects: 2, parts: 3, names: 2 }],
    ["a name apart from its colon", '{"a" \n : "bc"}', { depth: 1, objects: 1, parts: 2, names: 1 }],
    ["texts of a letter", '["a","b"]', { depth: 1, objects: 0, parts: 1, names: 0 }],
    ["a text without an end", '["ab', { depth: 1, objects: 0, parts: 2, names: 0 }],
  ])("is counted of %s", (_name, text, size) => {
    expect(sizeOf(text)).toEqual(size);
  });

  it("is what a walk through the values finds", () => {
    let objects = 0;
    const depthOf = (value: unknown): number => {
      if (typeof value !== "object" || value === null) return 0;
      if (!Array.isArray(value)) objects++;
      return 1 + Math.max(0, ...Object.values(value).map(depthOf));
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, space) => {
        objects = 0;
        const depth = depthOf(value);
        expect(sizeOf(JSON.stringify(value, null, space))).toMatchObject({ depth, objects });
      }),
    );
  });
});
