// The built page as a Worker of its own: its files become modules of workerd, so that an answer is a copy of memory and
// a rebuild of the page can't pull files away under a running server.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { MiniflareOptions } from "miniflare";
import type { ProjectConfig } from "./wrangler-config.ts";

type WorkerOptions = MiniflareOptions["workers"][number];
type Modules = NonNullable<WorkerOptions["config"]["manifest"]>["modules"];

export const PAGE_SERVICE = "edgeflame-page";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const COMPRESSED_ALREADY = new Set([".ico", ".png", ".webp", ".woff2"]);
/** Below this size the header costs more than compression saves. */
const MIN_COMPRESSED_BYTES = 512;

export function pageService(project: ProjectConfig): WorkerOptions {
  const here = import.meta.dirname;
  const modules: Modules = {
    "page-worker.js": { type: "esm", contents: readFileSync(join(here, "page-worker.js"), "utf8") },
  };
  const imports: string[] = [];
  const entries: string[] = [];
  const addBody = (body: Uint8Array<ArrayBuffer>): string => {
    const name = `body${imports.length}`;
    imports.push(`import ${name} from "./${name}.bin";`);
    modules[`${name}.bin`] = { type: "data", contents: body };
    return name;
  };
  for (const file of filesBelow(project.pageDir)) {
    const bytes = readFileSync(file);
    const path = `/${relative(project.pageDir, file).split(sep).join("/")}`;
    const extension = extname(file);
    const bodies = [`identity: ${addBody(bytes)}`];
    if (!COMPRESSED_ALREADY.has(extension) && bytes.length >= MIN_COMPRESSED_BYTES) {
      // Quality 9 of 11: the last two levels cost a second of start for one percent.
      bodies.push(`br: ${addBody(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))}`);
      bodies.push(`gzip: ${addBody(gzipSync(bytes))}`);
    }
    const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
    const contentType = CONTENT_TYPES[extension] ?? "application/octet-stream";
    entries.push(
      `[${JSON.stringify(path)}, ${JSON.stringify({ contentType, etag }).slice(0, -1)}, bodies: {${bodies.join(", ")}}}]`,
    );
  }
  modules["files.js"] = {
    type: "esm",
    contents: [
      ...imports,
      `export const INDEX_FOR_UNKNOWN_PATHS = ${project.servesPageForUnknownPaths};`,
      `export const FILES = new Map([${entries.join(",\n")}]);`,
    ].join("\n"),
  };
  return {
    config: {
      name: PAGE_SERVICE,
      compatibilityDate: project.compatibilityDate,
      manifest: { mainModule: "page-worker.js", modulesRoot: here, modules },
    },
  };
}

/** Without folders of tools, such as .vite with its manifest. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !`${sep}${relative(dir, file)}`.includes(`${sep}.`));
}
