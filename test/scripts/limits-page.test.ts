// docs/limits.md against what PUT /api/limits takes: every limit has its row, and a row says `fixed` if it can't be set.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LimitOverrides } from "../../src/api/limits.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/limits.md"), "utf8");
const ROWS = [...PAGE.matchAll(/^\| <a id="(\w+)"><\/a>`\1`( \(fixed\))? \|/gm)].map(([, name = "", fixed]) => ({
  name,
  isFixed: fixed !== undefined,
}));
const SETTABLE = new Set(Object.keys(LimitOverrides.shape));

it("says of every limit that can be set what it is", () => {
  expect([...SETTABLE].filter((name) => !PAGE.includes(`<a id="${name}"></a>`))).toEqual([]);
});

it.each(ROWS)("says of $name rightly whether it is the same for everyone", ({ name, isFixed }) => {
  expect(isFixed).toBe(!SETTABLE.has(name));
});
