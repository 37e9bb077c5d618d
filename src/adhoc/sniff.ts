// What a file is: what its sender says, then its name, then its bytes. The first three steps are flamegraph.com's; where it took
// every gzip and every unprintable byte for pprof, the bytes themselves are asked.
import { isPerfScript } from "../formats/perf-script.ts";
import { ProtobufReader, WIRE } from "../formats/protobuf.ts";

export type AdhocFormat =
  | "pprof"
  | "folded"
  | "perf-script"
  | "flamebearer"
  | "speedscope"
  | "cpuprofile"
  | "jfr"
  | "otlp-json"
  | "otlp";

/** Words that senders use. `json` is of whatever kind the JSON is. */
const TYPES: Readonly<Record<string, AdhocFormat | "json">> = {
  json: "json",
  "application/json": "json",
  pprof: "pprof",
  collapsed: "folded",
  folded: "folded",
  perf_script: "perf-script",
  speedscope: "speedscope",
  cpuprofile: "cpuprofile",
  jfr: "jfr",
  otlp: "otlp",
};

/** Those that say more than the bytes do. */
const EXTENSIONS: readonly (readonly [ending: string, format: AdhocFormat | "text"])[] = [
  [".cpuprofile", "cpuprofile"],
  [".collapsed", "folded"],
  [".folded", "folded"],
  [".txt", "text"],
];

/** Bytes that are looked at. */
const LOOKED_AT = 64 * 1024;
const PRINTABLE_BYTES = 100;
const OTLP_RESOURCES = 8 + WIRE.bytes;
const OTLP_DICTIONARY = 16 + WIRE.bytes;

/** @param bytes inflated */
export function sniffFormat(
  bytes: Uint8Array,
  said: { type?: string | undefined; name?: string | undefined },
): AdhocFormat {
  const byType = TYPES[(said.type ?? "").toLowerCase()];
  if (byType !== undefined) return byType === "json" ? jsonKind(bytes) : byType;
  const name = (said.name ?? "").toLowerCase().replace(/\.gz$/, "");
  const byName = EXTENSIONS.find(([ending]) => name.endsWith(ending))?.[1];
  // A name is only believed as far as the bytes can bear it out.
  if (byName === "text" && isText(bytes)) return textKind(bytes);
  if (byName === "cpuprofile" && isJson(bytes)) return "cpuprofile";
  if (byName === "folded" && isText(bytes)) return "folded";
  if (isJson(bytes)) return jsonKind(bytes);
  if (isJfr(bytes)) return "jfr";
  if (!isText(bytes)) return hasOtlpFieldsOnly(bytes) ? "otlp" : "pprof";
  return textKind(bytes);
}

const isJfr = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x46 && bytes[1] === 0x4c && bytes[2] === 0x52 && bytes[3] === 0;

function isJson(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < LOOKED_AT && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++;
  return bytes[at] === 0x7b;
}

/** No control character but those of text among the first hundred. */
function isText(bytes: Uint8Array): boolean {
  for (const byte of bytes.subarray(0, PRINTABLE_BYTES)) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}

function textKind(bytes: Uint8Array): AdhocFormat {
  return isPerfScript(new TextDecoder().decode(bytes.subarray(0, LOOKED_AT))) ? "perf-script" : "folded";
}

/** By the keys that stand anywhere in it: which comes first differs between writers. */
function jsonKind(bytes: Uint8Array): AdhocFormat {
  const head = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
  const tail = new TextDecoder().decode(bytes.subarray(Math.max(0, bytes.length - LOOKED_AT)));
  const has = (key: string) => head.includes(`"${key}"`) || tail.includes(`"${key}"`);
  if (head.includes("speedscope.app/file-format-schema") || tail.includes("speedscope.app/file-format-schema"))
    return "speedscope";
  if (has("resourceProfiles") || has("resource_profiles")) return "otlp-json";
  if (has("callFrame") || (has("timeDeltas") && has("nodes")) || has("hitCount")) return "cpuprofile";
  return "flamebearer";
}

/** An OTLP request has the top-level fields 1 and 2 alone, both messages; a pprof has strings in field 6. */
function hasOtlpFieldsOnly(bytes: Uint8Array): boolean {
  const reader = new ProtobufReader(bytes);
  const seen = new Set<number>();
  try {
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag !== OTLP_RESOURCES && tag !== OTLP_DICTIONARY) return false;
      seen.add(tag);
      reader.skip(tag);
    }
  } catch {
    return false;
  }
  return seen.size === 2;
}
