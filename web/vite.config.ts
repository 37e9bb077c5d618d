// Builds the page into dist/page. Addresses are relative ("./"), so that one build works under any base path: the
// three pages lie in one folder, and chunks find each other by import.meta.url.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder("."),
  base: "./",
  plugins: [solid()],
  build: {
    outDir: folder("../dist/page"),
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    // The policy is default-src 'self': no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // scripts/page-budget.mjs reports what counts, the brotli size.
    reportCompressedSize: false,
  },
});
