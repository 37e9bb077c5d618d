// Watches the watchers: a layer check that sees nothing also reports nothing, so a bad import is planted for it. And the
// rules that no linter here can state.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

describe("the layer check", () => {
  const copy = mkdtempSync(join(tmpdir(), "edgeflame-layers-"));
  afterAll(() => rmSync(copy, { recursive: true }));
  for (const name of ["package.json", "tsconfig.json", ".dependency-cruiser.mjs"])
    cpSync(join(ROOT, name), join(copy, name));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));

  /** Names of the rules that are broken by a tree of these files alone. */
  function brokenRules(files: Readonly<Record<string, string>>): string[] {
    for (const folder of ["src", "web"]) rmSync(join(copy, folder), { recursive: true, force: true });
    for (const [name, text] of Object.entries({
      "src/config.ts": "export {};",
      "web/main.ts": "export {};",
      ...files,
    })) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), text);
    }
    const depcruise = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
    const config = [".dependency-cruiser.mjs", "--output-type", "json", "src", "web"];
    const { stdout, stderr } = spawnSync(process.execPath, [depcruise, "--config", ...config], {
      cwd: copy,
      encoding: "utf8",
    });
    if (!stdout.startsWith("{")) throw new Error(stderr);
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { rule: { name: string } }[]; totalCruised: number };
    };
    expect(summary.totalCruised).toBeGreaterThanOrEqual(Object.keys(files).length);
    return [...new Set(summary.violations.map((violation) => violation.rule.name))].sort();
  }

  const value = "export const value = 1;";
  const use = (path: string): string => `import { value } from "${path}";\nexport const used = value;`;

  it("is silent about what is allowed", () => {
    const files = {
      "src/lib/units.ts": value,
      "src/profile/profile.ts": use("../lib/units.ts"),
      "src/http/app.ts": `import { Hono } from "hono";\n${use("../query/render.ts")}\nexport const app = new Hono();`,
      "src/query/render.ts": value,
      "web/view.ts": use("../src/lib/units.ts"),
    };
    expect(brokenRules(files)).toEqual([]);
  });

  it.each<[string, string, Record<string, string>]>([
    [
      "a lower layer using a higher one",
      "layer-lib",
      { "src/lib/a.ts": use("../query/b.ts"), "src/query/b.ts": value },
    ],
    [
      "formats knowing of flame",
      "layer-formats",
      { "src/formats/a.ts": use("../flame/b.ts"), "src/flame/b.ts": value },
    ],
    [
      "a type taken from a higher layer",
      "layer-profile",
      {
        "src/profile/a.ts": 'import type { T } from "../storage/b.ts";\nexport type U = T;',
        "src/storage/b.ts": "export type T = 1;",
      },
    ],
    ["the Worker using the page", "layer-query", { "src/query/a.ts": use("../../web/b.ts"), "web/b.ts": value }],
    [
      "the page using the server",
      "web-uses-pure-layers",
      { "web/a.ts": use("../src/query/b.ts"), "src/query/b.ts": value },
    ],
    [
      "a pure layer using the router",
      "pure-is-pure",
      { "src/flame/a.ts": 'import { Hono } from "hono";\nexport const a = Hono;' },
    ],
    [
      "a pure layer using the runtime",
      "pure-is-pure",
      {
        "src/segment/a.ts": 'import { env } from "cloudflare:workers";\nexport const a = env;',
      },
    ],
    [
      "a cycle",
      "no-cycles",
      {
        "src/lib/a.ts": `${use("./b.ts")}`,
        "src/lib/b.ts": `import { used } from "./a.ts";\nexport const value = () => used;`,
      },
    ],
    ["an import of nothing", "no-unresolved", { "src/lib/a.ts": use("./missing.ts") }],
  ])("reports %s", (_what, rule, files) => {
    expect(brokenRules(files)).toContain(rule);
  });
});

/** Every .ts and .tsx file below folders of the project, as [path, text]. */
function sources(...folders: string[]): [string, string][] {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(ROOT, file), readFileSync(file, "utf8")]);
}

/** Lines that match, as `path:line: text`, comments left out. */
function linesWith(pattern: RegExp, files: [string, string][]): string[] {
  return files.flatMap(([path, text]) =>
    text
      .split("\n")
      .map((line, index) => ({ line, at: `${path}:${index + 1}: ${line.trim()}` }))
      .filter(({ line }) => pattern.test(line.replace(/(^|\s)(\/\/|\/?\*).*$/, "")))
      .map(({ at }) => at),
  );
}

describe("the sources", () => {
  const effects =
    /\bDate\.now\(|new Date\(\)|\bMath\.random\(|crypto\.(randomUUID|getRandomValues)\(|performance\.now\(/;

  it("read no clock and no dice in pure layers: time and randomness are arguments", () => {
    const pure = sources("src/lib", "src/profile", "src/formats", "src/flame", "src/segment", "src/api", "src/view");
    expect(pure.length).toBeGreaterThan(20);
    // clock.ts is where time comes from; its functions take what they need from the edge.
    expect(linesWith(effects, pure).filter((at) => !at.startsWith("src/lib/clock.ts:"))).toEqual([]);
  });

  it("have no notes for later: an issue is the place for them", () => {
    expect(
      linesWith(
        /\b(TODO|FIXME|XXX)\b/,
        sources("src", "web").map(([path, text]) => [path, text.replaceAll("//", "")]),
      ),
    ).toEqual([]);
  });

  it("open by saying what they are", () => {
    const silent = sources("src", "web", "scripts", "bench").filter(([, text]) => !/^(#!.*\n)?\/[/*]/.test(text));
    expect(silent.map(([path]) => path)).toEqual([]);
  });
});

describe("the tests", () => {
  it("are skipped by test/support/skips.ts only, which can't be silent", () => {
    const skipping = /\.(skip|skipIf|runIf|todo|fails|only)\b\s*[(.`]/;
    const files = sources("test").filter(
      ([path]) => !["test/support/skips.ts", "test/architecture.test.ts"].includes(path),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(linesWith(skipping, files)).toEqual([]);
  });
});
