// Every decoder of bytes from outside (and, last, those of our own bytes), with the real files that are damaged to try it: for
// the property test in CI, and for the long run of scripts/fuzz-formats.ts. Nothing is stored: whatever would go to an app's
// object is encoded and dropped.

import { LIMITS } from "../../src/config.ts";
import { readOtlpJson, readOtlpProto } from "../../src/formats/otlp/read-request.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { storeOtlp } from "../../src/ingest/otlp-upload.ts";
import { pushOfBytes } from "../../src/ingest/push-request.ts";
import { storePush } from "../../src/ingest/push-upload.ts";
import { storeUpload } from "../../src/ingest/store-upload.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { applyDictionary, internEncoded } from "../../src/profile/dictionary-codec.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { openBatch } from "../../src/segment/batch.ts";
import { readChunkDirectory } from "../../src/segment/chunk.ts";
import { readDirectory, readHead } from "../../src/segment/segment-reader.ts";
import { VectorSum } from "../../src/segment/vector-sum.ts";
import { fileReader } from "./fuzz-files.ts";
import { RECORDING, readLabels } from "./fuzz-jfr-labels.ts";
import { NOWHERE, SETTINGS } from "./fuzz-ports.ts";
import { LIBRARY_CODES, pushJson, pushWeb } from "./fuzz-push.ts";
import { formOf, fuzzSeeds, otlpJsonBytes, type Seeds } from "./fuzz-seeds.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface FuzzSubject {
  readonly name: string;
  readonly seeds: readonly Bytes[];
  /** Whether values of the text are exchanged, too. */
  readonly isJson: boolean;
  /** Codes of the errors that may come of it. */
  readonly codes: readonly string[];
  /** @returns false when there was nothing to store */
  decode(bytes: Bytes, i: number): Promise<boolean>;
}

const SPIES = ["gospy", "pyspy", "dotnetspy", "rbspy", "javaspy", "nodespy"];
const RATES = ["100", "0", "1000000000"];
const REFUSED = ["malformed_profile", "profile_too_large"];
const LIBRARY_REFUSED = [...REFUSED, ...LIBRARY_CODES];
const CORRUPT = ["corrupt_storage", "malformed_profile"];

/** As a fold reads it. @returns how many uploads it holds */
function sumBatch(bytes: Bytes): number {
  const { uploads, dictionary } = openBatch(bytes);
  const stacks = new StackDictionary();
  const nodeOf = internEncoded(dictionary, stacks);
  const sum = new VectorSum(stacks.nodes.count);
  for (const { vectors } of uploads) for (const { at, end } of vectors) sum.addMapped(bytes, at, end, nodeOf);
  return uploads.length;
}

/** POST /ingest, down to the bytes that would be handed to the app's object. */
function ingest(format: string, contentType: string): FuzzSubject["decode"] {
  return async (body, i) => {
    const params = new URLSearchParams({
      name: "fuzz.cpu{a=b}",
      format,
      spyName: SPIES[i % SPIES.length] ?? "",
      sampleRate: RATES[i % RATES.length] ?? "",
    });
    const upload = await decodeUpload({ params, contentType, body }, SETTINGS);
    if (upload === null) return false;
    await storeUpload(NOWHERE, upload, { ids: [], route: 0 });
    return true;
  };
}

const otlp =
  (read: typeof readOtlpJson): FuzzSubject["decode"] =>
  async (bytes) =>
    (await storeOtlp(NOWHERE, read(inflateIfGzip(bytes, LIMITS), LIMITS), "hash", SETTINGS)).stored > 0;

async function push(bytes: Bytes): Promise<boolean> {
  const { stored, error } = await storePush(NOWHERE, pushOfBytes(inflateIfGzip(bytes, LIMITS), LIMITS), SETTINGS);
  if (error !== null) throw error;
  return stored > 0;
}

async function segment(bytes: Bytes): Promise<boolean> {
  const trailer = new DataView(bytes.buffer, bytes.byteOffset);
  if (bytes.length < 8) return false;
  const headLength = Math.min(bytes.length - 8, trailer.getUint32(bytes.length - 8, true));
  const head = readHead(bytes.subarray(bytes.length - 8 - headLength, bytes.length - 8));
  for (const rung of head.rungs)
    for (const tile of rung.tiles) {
      const at = bytes.subarray(tile.directoryOffset, tile.directoryOffset + tile.directoryLength);
      if (tile.directoryLength > 0) readDirectory(tile.inline ?? at, head, rung, tile, 0);
    }
  return head.series.length > 0;
}

const subject = (
  name: string,
  seeds: readonly Bytes[],
  decode: FuzzSubject["decode"],
  more: Partial<FuzzSubject> = {},
): FuzzSubject => ({ name, seeds, decode, isJson: false, codes: REFUSED, ...more });

/** Files that people look at: each is read as its first seed is. */
function fileSubjects({ perfScript, cpuProfile, flamebearer, anyFile }: Seeds): FuzzSubject[] {
  const file = (name: string, type: string | null, seeds: readonly Bytes[], isJson: boolean) =>
    subject(name, seeds, fileReader(type, seeds[0] ?? new Uint8Array(0)), { isJson });
  return [
    file("perf-script", "perf_script", perfScript, false),
    file("cpuprofile", "cpuprofile", cpuProfile, true),
    file("flamebearer", "json", flamebearer, true),
    file("any-file", null, anyFile, false),
  ];
}

export function fuzzSubjects(seeds: Seeds = fuzzSeeds()): FuzzSubject[] {
  return [
    subject("pprof", seeds.pprof, ingest("pprof", "")),
    subject("pprof-form", seeds.pprofForms, ingest("", seeds.formType)),
    subject("jfr", seeds.jfr, ingest("jfr", "")),
    subject("jfr-form", seeds.jfrForms, ingest("jfr", seeds.formType)),
    subject(
      "jfr-labels",
      seeds.jfrLabels,
      readLabels(ingest("jfr", seeds.formType), (labels) => formOf({ jfr: RECORDING, labels })),
    ),
    subject("folded", seeds.folded, ingest("folded", "")),
    subject("lines", seeds.folded, ingest("lines", "")),
    subject("trie", seeds.trie, ingest("trie", "")),
    subject("tree", seeds.tree, ingest("tree", "")),
    subject("speedscope", seeds.speedscope, ingest("speedscope", ""), { isJson: true }),
    subject("push", seeds.push, push, { codes: [...REFUSED, "invalid_argument"] }),
    subject("push-json", seeds.pushJson, pushJson, { isJson: true, codes: LIBRARY_REFUSED }),
    subject("push-web", seeds.push, pushWeb, { codes: LIBRARY_REFUSED }),
    subject("otlp-proto", [...seeds.otlpProto, ...seeds.otlpByHand], otlp(readOtlpProto)),
    subject("otlp-json", [...seeds.otlpJson, ...seeds.otlpByHand.map(otlpJsonBytes)], otlp(readOtlpJson), {
      isJson: true,
    }),
    ...fileSubjects(seeds),
    subject("batch", seeds.batch, async (bytes) => sumBatch(bytes) > 0, { codes: CORRUPT }),
    subject(
      "dictionary",
      seeds.dictionary,
      async (bytes) => {
        applyDictionary(new StackDictionary(), bytes);
        return true;
      },
      { codes: CORRUPT },
    ),
    subject("chunk", seeds.chunk, async (bytes) => readChunkDirectory(bytes).length > 0, { codes: CORRUPT }),
    subject("segment", seeds.segment, segment, { codes: CORRUPT }),
  ];
}
