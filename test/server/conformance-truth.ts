// TRUTH.json of the shared data, and what the wire contract says an upload of each file is called.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface TypeTruth {
  /** type/unit */
  readonly type: string;
  readonly total: string;
  readonly distinctNodes: number;
  readonly topSelf: readonly (readonly [string, string])[];
  readonly topTotal: readonly (readonly [string, string])[];
  readonly labelTotals: Readonly<Record<string, string>>;
}

export interface FileTruth {
  /** type/unit */
  readonly periodType: string;
  readonly sampleTypes: readonly TypeTruth[];
}

export interface PprofFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The form part that belongs to it. */
  readonly config: string | null;
  readonly truth: FileTruth;
}

/** Must be refused. */
export const REFUSED = "invalid-utf8.pb.gz";

export function pprofFiles(sharedDataDir: string): PprofFile[] {
  if (sharedDataDir === "absent") return [];
  const folder = join(sharedDataDir, "pprof");
  const truth = JSON.parse(readFileSync(join(folder, "TRUTH.json"), "utf8")) as Record<string, FileTruth>;
  const present = new Set(readdirSync(folder));
  return Object.entries(truth).map(([name, own]) => {
    const config = `${name.slice(0, name.indexOf("."))}.sample_type_config.json`;
    return {
      name,
      bytes: new Uint8Array(readFileSync(join(folder, name))),
      config: present.has(config) ? readFileSync(join(folder, config), "utf8") : null,
      truth: own,
    };
  });
}

type Config = Readonly<Record<string, { readonly "display-name"?: string }>>;

/** Wire contract 1.6, the default configuration's display names. */
const DEFAULTS: Config = {
  samples: { "display-name": "cpu" },
  goroutine: { "display-name": "goroutines" },
  contentions: { "display-name": "mutex_count" },
  delay: { "display-name": "mutex_duration" },
};

/** Wire contract 1.6.1: what `__name__` is. By the file, because that is what the contract's rule comes to. */
const METRIC_OF: Readonly<Record<string, string>> = {
  "go-heap": "memory",
  "js-heap": "memory",
  "js-wall": "wall",
  nodejs: "wall",
  "go-goroutines": "goroutines",
};

export function metricOf(file: string, hasConfig: boolean): string {
  if (file.startsWith("go-block")) return hasConfig ? "block" : "mutex";
  return Object.entries(METRIC_OF).find(([start]) => file.startsWith(start))?.[1] ?? "process_cpu";
}

/** The old suffix of each sample type, `""` for none: a CPU profile's time hides behind its samples. */
export function oldSuffixesOf(types: readonly string[], configText: string | null): string[] {
  const config = configText === null ? DEFAULTS : (JSON.parse(configText) as Config);
  const suffixes = types.map((type) => config[type]?.["display-name"] ?? type);
  return suffixes.map((suffix, i) => (suffixes.indexOf(suffix) === i ? suffix : ""));
}
