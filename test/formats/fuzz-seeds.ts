// The real files that are damaged, and what is made of them: forms, trees, requests, our own bytes. Some are made by hand, where
// real ones lack what a decoder reads.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded } from "../../src/formats/folded.ts";
import { splitSeries } from "../../src/ingest/split-series.ts";
import { planText } from "../../src/ingest/type-plan.ts";
import { parseUploadParams } from "../../src/ingest/upload-params.ts";
import { encodeDictionary } from "../../src/profile/dictionary-codec.ts";
import { LabelDrops } from "../../src/profile/label-drops.ts";
import { BatchWriter } from "../../src/segment/batch.ts";
import { ChunkWriter } from "../../src/segment/chunk.ts";
import { otlpJsonOf } from "../support/otlp-message.ts";
import { cpuProfiles, flamebearers, perfScripts } from "./fuzz-files.ts";
import { labelSnapshots, RECORDING } from "./fuzz-jfr-labels.ts";
import { otlpByHand } from "./fuzz-otlp.ts";
import { pushJsonOf } from "./fuzz-push.ts";
import { concat, message } from "./pprof-bytes.ts";
import { pushOf } from "./push-bytes.ts";
import { speedscopeOf } from "./speedscope-bytes.ts";
import { type Stacks, treeOf, trieOf } from "./tree-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Seeds {
  readonly pprof: readonly Bytes[];
  readonly pprofForms: readonly Bytes[];
  readonly jfr: readonly Bytes[];
  readonly jfrForms: readonly Bytes[];
  /** Labels snapshots, without a recording. */
  readonly jfrLabels: readonly Bytes[];
  /** Content-Type of the forms. */
  readonly formType: string;
  readonly folded: readonly Bytes[];
  readonly trie: readonly Bytes[];
  readonly tree: readonly Bytes[];
  readonly speedscope: readonly Bytes[];
  readonly push: readonly Bytes[];
  readonly pushJson: readonly Bytes[];
  readonly otlpProto: readonly Bytes[];
  readonly otlpJson: readonly Bytes[];
  readonly otlpByHand: readonly Bytes[];
  readonly perfScript: readonly Bytes[];
  readonly cpuProfile: readonly Bytes[];
  readonly flamebearer: readonly Bytes[];
  /** Small ones of every format that is known by its bytes. */
  readonly anyFile: readonly Bytes[];
  readonly batch: readonly Bytes[];
  readonly dictionary: readonly Bytes[];
  readonly chunk: readonly Bytes[];
  readonly segment: readonly Bytes[];
}

const FIXTURES = join(import.meta.dirname, "../fixtures");
const SHARED = process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data");
/** Larger files take time and find nothing else. */
const MOST_BYTES = 400_000;
const MOST_STACKS = 400;
/** Of a file of which a part is taken. */
const MOST_CPUPROFILE_BYTES = 2_000_000;
/** Of files of any kind: they are many. */
const SMALL_BYTES = 30_000;
const BOUNDARY = "fuzzfuzzfuzz";

const inflated = (bytes: Uint8Array): Bytes => new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);

function filesOf(folder: string, ending: RegExp, mostBytes = MOST_BYTES): Bytes[] {
  return [join(FIXTURES, folder), join(SHARED, folder)]
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((file) => join(path, file)))
    .filter((path) => ending.test(path))
    .map((path) => inflated(readFileSync(path)))
    .filter(({ length }) => length < mostBytes);
}

/** A form of file parts. */
export function formOf(parts: Readonly<Record<string, Uint8Array>>): Bytes {
  const text = (value: string) => new TextEncoder().encode(value);
  const pieces = Object.entries(parts).flatMap(([name, bytes]) => [
    text(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}.bin"\r\n\r\n`),
    bytes,
    text("\r\n"),
  ]);
  return concat(...pieces, text(`--${BOUNDARY}--\r\n`));
}

/** LabelsSnapshot with contexts 0 … 9. */
const SNAPSHOT: Bytes = concat(
  message(
    ...Array.from({ length: 10 }, (_, i) => [1, message([1, i], [2, message([1, message([1, 1], [2, 2])])])] as const),
    [2, message([1, 1], [2, "thread"])],
    [2, message([1, 2], [2, "worker"])],
  ),
);
const CONFIG = new TextEncoder().encode(
  '{"alloc_space":{"units":"bytes","display-name":"a","aggregation":"sum","cumulative":true}}',
);

export function fuzzSeeds(): Seeds {
  const pprof = filesOf("pprof", /[.](pb|pb[.]gz|pprof)$/).filter(({ length }) => length < 100_000);
  const jfr = filesOf("jfr", /[.]jfr[.]gz$/);
  const folded = [...filesOf("folded", /[^s][.]txt$/), ...filesOf("collapsed", /[.]txt$/)];
  const trees = folded.map((bytes) => stacksOf(bytes).slice(0, MOST_STACKS));
  const otlpProto = filesOf("otlp", /[.](bin|pb[.]gz)$/);
  const byHand = otlpByHand();
  const small = pprof.filter(({ length }) => length < 20_000);
  const own = ownBytes(folded);
  const folds = trees.filter(({ length }) => length > 0).map(foldedOf);
  const speedscope = [...filesOf("speedscope", /[.]json$/), ...folds.map(speedscopeOf)];
  const push = [
    pushOf(...small.map((profile, i) => ({ labels: labelsOf(i), samples: [{ profile, id: `id-${i}` }] }))),
    ...small.map((profile, i) => pushOf({ labels: labelsOf(i), samples: [{ profile }, { profile, id: "again" }] })),
  ];
  const files = {
    perfScript: perfScripts(filesOf("perf", /[.]txt$/), trees),
    cpuProfile: cpuProfiles(filesOf("chrome", /[.]cpuprofile$/, MOST_CPUPROFILE_BYTES)),
    flamebearer: flamebearers(folds),
  };
  return {
    pprof,
    pprofForms: small.map((profile, i) =>
      formOf(
        i % 2 === 0
          ? { profile }
          : { profile, prev_profile: small[(i + 1) % small.length] ?? profile, sample_type_config: CONFIG },
      ),
    ),
    jfr,
    jfrForms: jfr.map((bytes) => formOf({ jfr: bytes, labels: SNAPSHOT })),
    jfrLabels: [SNAPSHOT, ...labelSnapshots(), ...filesOf("jfr", /labels[.]pb[.]gz$/)],
    formType: `multipart/form-data; boundary=${BOUNDARY}`,
    folded,
    trie: trees.map(trieOf),
    tree: trees.map(treeOf),
    speedscope,
    push,
    pushJson: push.slice(1).map(pushJsonOf),
    otlpProto,
    otlpJson: otlpProto.map(otlpJsonBytes),
    otlpByHand: byHand,
    ...files,
    anyFile: [
      ...Object.values(files).flat(),
      ...small,
      ...folds,
      ...speedscope,
      ...byHand,
      ...byHand.map(otlpJsonBytes),
      RECORDING,
    ].filter(({ length }) => length < SMALL_BYTES),
    ...own,
    segment: [inflated(readFileSync(join(FIXTURES, "segments/hour.efs1.seg")))],
  };
}

export const otlpJsonBytes = (bytes: Uint8Array): Bytes => new TextEncoder().encode(otlpJsonOf(bytes));

const foldedOf = (stacks: Stacks): Bytes =>
  new TextEncoder().encode(stacks.map(({ frames, value }) => `${frames.join(";")} ${value}\n`).join(""));

const labelsOf = (i: number) => ({
  __name__: i % 2 === 0 ? "process_cpu" : "memory",
  service_name: `s${i % 3}`,
  pod: `p${i}`,
});

/** What can be read of folded text. */
export function stacksOf(folded: Uint8Array): Stacks {
  return new TextDecoder()
    .decode(folded)
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, frames, count] = /^(.+) (\d+)$/.exec(line) ?? [];
      return frames === undefined ? [] : [{ frames: frames.split(";"), value: BigInt(count ?? 0) }];
    });
}

/** What becomes of folded text inside: a batch, its dictionary, and a chunk. */
function ownBytes(folded: readonly Bytes[]): Pick<Seeds, "batch" | "dictionary" | "chunk"> {
  const params = parseUploadParams(new URLSearchParams({ name: "own.cpu" }), 1_700_000_000, LIMITS);
  const made = folded.flatMap((bytes) => {
    try {
      const profile = decodeFolded(bytes, LIMITS);
      const series = splitSeries(
        profile,
        planText("own.cpu", params).types,
        () => [["a", "b"]],
        LIMITS,
        new LabelDrops(),
      );
      const writer = new BatchWriter(profile.stacks);
      writer.add(1_700_000_000, series);
      const chunk = new ChunkWriter();
      for (const [i, { nodes }] of series.entries())
        chunk.add(i, 1, (out) => {
          for (const node of nodes) out.varint(node);
          return { lo: nodes.length, hi: 0 };
        });
      return [
        { batch: writer.finish(), dictionary: encodeDictionary(profile.stacks), chunk: chunk.finish().directory },
      ];
    } catch {
      return []; // one of the files is there to be refused
    }
  });
  return {
    batch: made.map(({ batch }) => batch),
    dictionary: made.map(({ dictionary }) => dictionary),
    chunk: made.map(({ chunk }) => chunk),
  };
}
