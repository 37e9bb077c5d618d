// A refusal names its limit: docs/limits.md has a row for that name, to which the answer links, and the advice says what to do.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { adviceOn } from "../src/http/advice.ts";
import { tooLarge } from "../src/lib/app-error.ts";

const ROOT = join(import.meta.dirname, "..");
const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(join(ROOT, "src", path), "utf8"));
const names = new Set(sources.flatMap((text) => [...text.matchAll(/\btooLarge\(\s*"(\w+)"/g)].map(([, name]) => name)));

it("every limit that a profile may be too large for is documented and has an advice of its own", () => {
  const page = readFileSync(join(ROOT, "docs/limits.md"), "utf8");
  const usual = adviceOn(tooLarge("", 2, 1, ""), "a question");
  expect(names).toContain("jsonNesting");
  for (const name of names) {
    expect(page).toContain(`<a id="${name}"></a>`);
    expect([name, adviceOn(tooLarge(name ?? "", 2, 1, ""), "a question")]).not.toEqual([name, usual]);
  }
});
