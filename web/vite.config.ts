// Builds the page into dist/page, and beside it what is shared from it (share-pages.ts). Addresses are relative ("./"), so
// that one build works under any base path: the pages lie in one folder, and chunks find each other by import.meta.url.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";
import type * as Generator from "../scripts/reference/render.ts";
import { CSS_TARGET, sharePages } from "./share-pages.ts";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages that refusals link to go with the page, so that the link works wherever the server runs. */
const explanations: Plugin = {
  name: "explanations",
  generateBundle() {
    for (const name of ["limits.md", "errors.md", "security.md"]) {
      const source = readFileSync(folder(`../docs/${name}`));
      this.emitFile({ type: "asset", fileName: `docs/${name}`, source });
    }
  },
};

/** The reference of the API. Its generator is loaded by Node itself: bundled into this file it would have schemas of its own. */
const reference: Plugin = {
  name: "reference",
  async generateBundle() {
    const generator = (await import(
      new URL("../scripts/reference/render.ts", import.meta.url).href
    )) as typeof Generator;
    const { openApi, html } = await generator.renderReference();
    const css = ["tokens.css", "page-tokens.css", "api-docs.css"]
      .map((name) => readFileSync(folder(name), "utf8"))
      .join("\n");
    this.emitFile({ type: "asset", fileName: "openapi.json", source: openApi });
    this.emitFile({ type: "asset", fileName: "api-docs.html", source: html });
    this.emitFile({ type: "asset", fileName: "api-docs.css", source: css });
  },
};

export default defineConfig({
  root: folder("."),
  base: "./",
  plugins: [solid(), explanations, reference, sharePages(folder("."))],
  worker: { format: "es" },
  build: {
    outDir: folder("../dist/page"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: CSS_TARGET,
    manifest: true,
    // The policy is default-src 'self': no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // scripts/page-budget.mjs reports what counts, the brotli size.
    reportCompressedSize: false,
  },
});
