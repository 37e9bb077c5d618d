// A folder is a layer. This table is both the documentation and the rule: a folder may import itself and what it lists.
const MAY_IMPORT = {
  lib: [],
  profile: ["lib"],
  connect: ["lib"],
  formats: ["profile", "lib"],
  flame: ["profile", "lib"],
  view: ["lib"],
  segment: ["flame", "profile", "lib"],
  storage: ["segment", "profile", "lib"],
  aggregate: ["storage", "segment", "profile", "lib"],
  compact: ["storage", "segment", "profile", "lib"],
  delete: ["compact", "storage", "segment", "profile", "lib"],
  inbox: ["lib", "api"],
  ingest: ["aggregate", "storage", "segment", "formats", "connect", "profile", "lib", "api"],
  query: ["aggregate", "storage", "segment", "formats", "connect", "flame", "view", "profile", "lib", "api"],
  adhoc: ["formats", "flame", "view", "profile", "lib", "api"],
  share: ["adhoc", "storage", "flame", "view", "profile", "lib", "api"],
  http: [
    ...["compact", "delete", "inbox", "ingest", "query", "share", "aggregate", "storage"],
    ...["connect", "profile", "lib", "api"],
  ],
  api: [],
};
/** Files at the top of src/ that any layer may read: constants and types, no behaviour. */
const COMMON = "^src/(config|env)[.]ts$|^src/config/";
/** Layers without effects: they may not touch the runtime, the router or the database. */
const PURE = "^src/(lib|profile|formats|connect|flame|view|adhoc|segment|api)/";

const layerRules = Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import only: ${[layer, ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: "^(src|web)/", pathNot: [`^src/(${[layer, ...allowed].join("|")})/`, COMMON] },
}));

export default {
  forbidden: [
    ...layerRules,
    {
      name: "web-uses-pure-layers",
      comment: "The page shares the contract and the pure layers with the Worker, nothing else.",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^src/", pathNot: "^src/(api|formats|flame|view|adhoc|profile|lib)/" },
    },
    {
      name: "pure-is-pure",
      comment: "Pure layers take bytes and values; effects live in storage, aggregate, ingest, query and http.",
      severity: "error",
      from: { path: PURE },
      to: { path: "(^cloudflare:|node_modules/(hono|drizzle-orm)/)" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^cloudflare:" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(src|web)/.*[.]d[.]ts$" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".mjs"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types"],
    },
  },
};
