// docs/api.md and docs/openapi.json are what src/api says, and the reference is whole in itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Block, htmlOf, markdownOf } from "../../scripts/reference/blocks.ts";
import { schemaWords } from "../../scripts/reference/comments.ts";
import { curlOf } from "../../scripts/reference/curl.ts";
import { type Reference, renderReference } from "../../scripts/reference/render.ts";
import { OPERATIONS } from "../../src/api/reference/operations.ts";
import { escapeHtml } from "../../src/lib/escape-html.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const byOperation = OPERATIONS.map((operation) => [operation.id, operation] as const);

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>;
  readonly components: { schemas: Record<string, object> };
}

let reference: Reference;
let document: Document;
beforeAll(async () => {
  reference = await renderReference();
  document = JSON.parse(reference.openApi) as Document;
});

describe("the reference", () => {
  it("is in the repository as it is made: npm run reference writes it", () => {
    expect(readFileSync(join(DOCS, "openapi.json"), "utf8")).toBe(reference.openApi);
    expect(readFileSync(join(DOCS, "api.md"), "utf8")).toBe(reference.markdown);
  });

  it("refers to nothing that is not there", () => {
    expect(document.openapi).toBe("3.1.0");
    const named = [...reference.openApi.matchAll(/"\$ref": "#\/components\/(\w+)\/(\w+)"/g)];
    const components = document.components as unknown as Record<string, Record<string, object>>;
    expect(named.filter(([, kind = "", name = ""]) => components[kind]?.[name] === undefined)).toEqual([]);
    expect(named.length).toBeGreaterThan(50);
    for (const text of [reference.markdown, reference.html]) {
      const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      const links = [...text.matchAll(/(?:\]\(|href=")#([^")]+)/g)].map(([, id]) => id);
      expect(links.filter((id) => !ids.has(id))).toEqual([]);
      expect(links.length).toBeGreaterThan(80);
    }
  });

  it("has each operation once, with every part of its path as a parameter", () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((one) => ({ path, ...one })),
    );
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
    for (const { path, parameters } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === "path").map(({ name }) => name)).toEqual(parts);
    }
  });

  it.each(byOperation)("%s has a command, and its words and body in all three forms", (id, operation) => {
    const command = curlOf(operation);
    expect(command).toMatch(/^curl /);
    expect(reference.markdown).toContain(command.replaceAll(/^/gm, "    "));
    expect(reference.html).toContain(`id="${id}"`);
    for (const text of [reference.openApi, reference.markdown]) expect(text).toContain(operation.summary);
    expect(reference.html.replaceAll(/<\/?code>/g, "`")).toContain(escapeHtml(operation.summary));
  });

  it("tells of fields what the comments beside them say, of imported and spread ones too", () => {
    const words = schemaWords(
      "a.ts",
      `/** Whole */
      export const A = z.object({
        /** One */
        a: z.array(z.object({
          /** Two */
          b: B.optional()
        })),
        ...Shared,
        c: Kept
      });`,
      new Map([
        ["Shared", { text: "", fields: new Map([["s", { text: "Spread", fields: new Map() }]]) }],
        ["Kept", { text: "Of the part", fields: new Map() }],
      ]),
    ).get("A");
    expect(words?.text).toBe("Whole");
    expect([...(words?.fields ?? [])].map(([name, { text }]) => [name, text])).toEqual([
      ["a", "One"],
      ["s", "Spread"],
      ["c", "Of the part"],
    ]);
    expect(words?.fields.get("a")?.fields.get("b")?.text).toBe("Two");
  });

  it("loads nothing from elsewhere, and has no script but the theme's", () => {
    const loaded = [...reference.html.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"/g)];
    expect(loaded.map(([, address]) => address).sort()).toEqual(["../api-docs.css", "../favicon.svg", "../theme.js"]);
    expect(reference.html).not.toMatch(/ style=| on\w+=/);
  });
});

it("escapes what is written into a document", () => {
  const blocks: Block[] = [
    { kind: "text", text: "<b>&`x<y`" },
    { kind: "code", text: "</code><script>", label: 'a"b' },
    { kind: "table", head: ["a|b"], rows: [["<i>"]] },
  ];
  const html = htmlOf(blocks);
  expect(html).not.toMatch(/<(b|i|script)>/);
  expect(html).toContain("<code>x&lt;y</code>");
  expect(html).toContain('aria-label="a&quot;b"');
  expect(markdownOf(blocks)).toContain("| a\\|b |");
});
