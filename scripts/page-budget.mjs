// Fails when a page has grown over its budget: what a browser must fetch before it shows anything, as brotli sends it.
// Runs after `vite build`; later routes and lazy chunks don't count.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const PAGE_DIR = new URL("../dist/page/", import.meta.url);
/**
 * The first route of the page, and what anyone with a link sees. `js` is what the first paint waits for, `all` everything that a
 * browser fetches without being asked, the page itself and what comes after the first paint among it.
 */
const BUDGETS_BYTES = {
  "index.html": { js: 60 * 1024, css: 8 * 1024 },
  "share.html": { js: 15 * 1024, css: 4 * 1024, all: 20 * 1024 },
};
/** The script that a page fetches by itself after its first paint, as web/share-pages.ts calls it. */
const AFTER_PAINT = { "share.html": "after-paint" };

/** Vite's manifest: source file → {file, imports?, css?}; `imports` are static. */
const manifestOf = (name) => JSON.parse(readFileSync(new URL(`.vite/${name}`, PAGE_DIR), "utf8"));
/** By route: share.html is built apart. */
const MANIFESTS = { "index.html": manifestOf("manifest.json"), "share.html": manifestOf("manifest-share.json") };

/** Names in the manifest of a chunk and of all that it imports statically. */
function withStaticImports(manifest, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of manifest[name].imports ?? []) withStaticImports(manifest, imported, seen);
  return seen;
}

function afterPaint(manifest, route) {
  const name = AFTER_PAINT[route];
  const files = Object.values(manifest).flatMap((chunk) => (chunk.name === name ? [chunk.file] : []));
  if (name !== undefined && files.length !== 1) throw new Error(`${route} has ${files.length} scripts called ${name}`);
  return files;
}

/** Files that a route needs, by kind. */
function filesOf(route) {
  const manifest = MANIFESTS[route];
  if (manifest[route] === undefined) throw new Error(`the manifest of the page has no ${route}`);
  const chunks = [...withStaticImports(manifest, route)].map((name) => manifest[name]);
  /** Scripts that the page names itself, the classic ones among them, which the manifest does not know. */
  const html = readFileSync(new URL(route, PAGE_DIR), "utf8");
  const named = [...html.matchAll(/<script[^>]*\ssrc="(?:\.\/)?([^"]+)"/g)].map(([, file]) => file);
  if (!named.some((file) => manifest[route].file === file))
    throw new Error(`the entry of ${route} was not found in it`);
  const js = new Set([...named, ...chunks.map((chunk) => chunk.file).filter((file) => file.endsWith(".js"))]);
  const css = new Set(chunks.flatMap((chunk) => chunk.css ?? []));
  return { js, css, all: new Set([route, ...js, ...css, ...afterPaint(manifest, route)]) };
}

let isOver = false;
for (const [route, budgets] of Object.entries(BUDGETS_BYTES)) {
  const files = filesOf(route);
  for (const [kind, budgetBytes] of Object.entries(budgets)) {
    let sentBytes = 0;
    for (const file of files[kind]) sentBytes += brotliCompressSync(readFileSync(new URL(file, PAGE_DIR))).length;
    const [sent, budget] = [sentBytes, budgetBytes].map((bytes) => (bytes / 1024).toFixed(1));
    console.log(`page: ${kind} of ${route} ${sent} KB brotli of ${budget} KB (${files[kind].size} files)`);
    if (sentBytes > budgetBytes) isOver = true;
  }
}
if (isOver) {
  console.error("A page is over its budget: load something later, or do without it.");
  process.exit(1);
}
