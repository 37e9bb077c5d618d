// Pages of a few words: their style is the product's, and the policy lets in that and nothing else.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { noticeHeaders } from "../../src/share/headers.ts";
import { NOTICE_STYLE, NOTICE_STYLE_HASH, notice } from "../../src/share/notice-html.ts";

it("a notice's policy names its style sheet by hash, and lets in no script, font, picture or request", () => {
  expect(NOTICE_STYLE_HASH).toBe(`sha256-${createHash("sha256").update(NOTICE_STYLE).digest("base64")}`);
  expect(notice("Title", "<p>Text</p>")).toContain(`<style>${NOTICE_STYLE}</style>`);
  expect(noticeHeaders()["content-security-policy"]).toBe(
    `default-src 'none'; style-src '${NOTICE_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

it("a notice has the page's colours and sizes", () => {
  const files = ["tokens.css", "page-tokens.css"].map((name) => new URL(`../../web/${name}`, import.meta.url));
  const tokens = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const own = NOTICE_STYLE.match(/--ef-[\w-]+: [^;]+;/g) ?? [];
  expect(own.length).toBeGreaterThan(10);
  for (const token of own) expect(tokens).toContain(`  ${token}`);
});
