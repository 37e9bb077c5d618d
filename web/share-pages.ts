// What is seen without the page's own shell, each built apart, so that it holds nothing of the others':
//
//   share.html + assets     the page of a share: one script for the first paint, the rest in chunks when it is asked for
//   standalone.html         the template of single files: script and style inside, under a policy that knows them by their hashes
//
// The Worker fills both; a page that exports fetches the second.
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type InlineConfig, type Plugin } from "vite";
import { DATA_MARK, TITLE_MARK } from "../src/view/standalone.ts";

/**
 * What Vite makes of `import("x")`: of one whose names are taken at once, and of any other. Of a chunk that holds several modules
 * the bundler takes the one asked for with a `then` of its own.
 */
const PRELOADS = [
  /__vitePreload\(async \(\) => \{\s*const \{ ([^}]+) \} = await (import\("[^"]+"\)(?:\.then\(\((\w+)\) => \3\.\w+\))?);\s*return \{ \1 \};\s*\}, __VITE_PRELOAD__, import\.meta\.url\)/g,
  /__vitePreload\(\(\) => ()(import\("[^"]+"\)(?:\.then\(\((\w+)\) => \3\.\w+\))?), __VITE_PRELOAD__, import\.meta\.url\)/g,
];

/** Loading a chunk here is an import and nothing more: style sheets are all there from the start. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load(id) {
    return id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null;
  },
  renderChunk: (code) => PRELOADS.reduce((text, preload) => text.replaceAll(preload, "$2"), code),
};

/** What the page of a share or its embed fetches by itself right after it was painted: it is one file, too. */
const AFTER_PAINT = ["panel/panel-words.ts", "panel/graph-gestures.ts", "share/embed-height.ts"];

/** What knows light-dark(): older browsers would take it in a longer form. */
export const CSS_TARGET = ["chrome123", "firefox120", "safari17.5"];

/** @param web the folder of the sources */
export function sharePages(web: string): Plugin {
  let out = "";
  const common: InlineConfig = {
    configFile: false,
    root: web,
    base: "./",
    publicDir: false,
    logLevel: "warn",
    plugins: [plainImports],
    worker: { format: "es" },
  };
  const settings = {
    target: "es2022",
    cssTarget: CSS_TARGET,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  } as const;
  return {
    name: "share-pages",
    configResolved({ root, build: { outDir } }) {
      out = resolve(root, outDir);
    },
    buildStart() {
      for (const folder of ["share", "standalone"])
        for (const file of readdirSync(join(web, folder))) this.addWatchFile(join(web, folder, file));
    },
    async closeBundle() {
      const input = join(web, "share.html");
      const share = { outDir: out, emptyOutDir: false, manifest: ".vite/manifest-share.json" };
      const groups = scriptsOf(
        input,
        AFTER_PAINT.map((file) => join(web, file)),
      );
      const rolldownOptions = { input, output: { codeSplitting: { groups } } };
      await build({ ...common, build: { ...settings, ...share, rolldownOptions } });
      const html = await standaloneTemplate({ ...common, build: { ...settings, write: false } }, web);
      writeFileSync(join(out, "standalone.html"), html);
    },
  };
}

interface Graph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** What comes without being asked for is one file each: it compresses better than in pieces that chunks share. */
function scriptsOf(entry: string, afterPaint: readonly string[]) {
  const [first, second] = [new Set<string>(), new Set<string>()];
  const visit = (id: string, into: Set<string>, graph: Graph): void => {
    if (into.has(id)) return;
    into.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) visit(imported, into, graph);
  };
  const isFirst = (id: string, graph: Graph): boolean => {
    visit(entry, first, graph);
    return first.has(id);
  };
  const isSecond = (id: string, graph: Graph): boolean => {
    for (const part of afterPaint) visit(part, second, graph);
    return second.has(id) && !isFirst(id, graph);
  };
  return [
    { name: (id: string, graph: Graph) => (isFirst(id, graph) ? "share" : null), debugName: "share", priority: 2 },
    {
      name: (id: string, graph: Graph) => (isSecond(id, graph) ? "after-paint" : null),
      debugName: "after-paint",
      priority: 1,
    },
  ];
}

async function standaloneTemplate(config: InlineConfig, web: string): Promise<string> {
  const built = await build({
    ...config,
    build: {
      ...config.build,
      cssCodeSplit: false,
      rolldownOptions: {
        input: join(web, "standalone/main.ts"),
        // Vite's loader of chunks asks where it lies itself. Here there are no chunks.
        transform: { define: { "import.meta": "{}" } },
        // One classic script: a file that is opened from a disk can't load modules.
        output: { format: "iife", codeSplitting: false },
      },
    },
  });
  const output = "output" in built ? built.output : Array.isArray(built) ? built.flatMap((one) => one.output) : [];
  const scripts = output.flatMap((part) => (part.type === "chunk" ? [part.code.trim()] : []));
  const styles = output.flatMap((part) =>
    part.type === "asset" && part.fileName.endsWith(".css") ? [String(part.source).trim()] : [],
  );
  const [script, style] = [scripts, styles].map(([text, ...more]) => {
    if (text === undefined || more.length > 0) throw new Error("the single file takes one script and one style sheet");
    if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error("the single file's own code would end its element");
    return text;
  }) as [string, string];
  return templateHtml(script, style);
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function templateHtml(script: string, style: string): string {
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return [
    `<!doctype html>`,
    `<html lang="en">`,
    `<head>`,
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    `<meta name="robots" content="noindex">`,
    `<meta name="generator" content="Edgeflame">`,
    `<title>${TITLE_MARK} · Edgeflame</title>`,
    `<style>${style}</style>`,
    `</head>`,
    `<body>`,
    `<header class="efs-head"><h1>${TITLE_MARK}</h1></header>`,
    `<main id="share"><noscript>This file draws a flame graph with JavaScript; it fetches nothing.</noscript></main>`,
    DATA_MARK,
    `<script>${script}</script>`,
    `</body>`,
    `</html>`,
    ``,
  ].join("\n");
}
