// Fails when the first route of the page has grown over its budget: what a browser must fetch before it shows anything,
// as brotli sends it. Runs after `vite build`; later routes and lazy chunks don't count.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const PAGE_DIR = new URL("../dist/page/", import.meta.url);
const FIRST_ROUTE = "index.html";
const BUDGET_BYTES = { js: 60 * 1024, css: 8 * 1024 };

/** Vite's manifest: source file → {file, imports?, css?}; `imports` are static. */
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", PAGE_DIR), "utf8"));
if (manifest[FIRST_ROUTE] === undefined) throw new Error(`the manifest of the page has no ${FIRST_ROUTE}`);

/** Names in the manifest of a chunk and of all that it imports statically. */
function withStaticImports(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name].imports ?? []) withStaticImports(imported, seen);
  return seen;
}

const chunks = [...withStaticImports(FIRST_ROUTE)].map((name) => manifest[name]);
/** Scripts that the page names itself, the classic ones among them, which the manifest does not know. */
const html = readFileSync(new URL(FIRST_ROUTE, PAGE_DIR), "utf8");
const named = [...html.matchAll(/<script[^>]*\ssrc="(?:\.\/)?([^"]+)"/g)].map(([, file]) => file);
const files = {
  js: new Set([...named, ...chunks.map((chunk) => chunk.file).filter((file) => file.endsWith(".js"))]),
  css: new Set(chunks.flatMap((chunk) => chunk.css ?? [])),
};

if (!named.some((file) => manifest[FIRST_ROUTE].file === file)) throw new Error("the page's entry was not found in it");

let isOver = false;
for (const [kind, budgetBytes] of Object.entries(BUDGET_BYTES)) {
  let sentBytes = 0;
  for (const file of files[kind]) sentBytes += brotliCompressSync(readFileSync(new URL(file, PAGE_DIR))).length;
  const [sent, budget] = [sentBytes, budgetBytes].map((bytes) => (bytes / 1024).toFixed(1));
  console.log(`page: ${kind} of the first route ${sent} KB brotli of ${budget} KB (${files[kind].size} files)`);
  if (sentBytes > budgetBytes) isOver = true;
}
if (isOver) {
  console.error("The first route is over its budget: load something later, or do without it.");
  process.exit(1);
}
