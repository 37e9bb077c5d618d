// What an upload says of its own encoding, in the words of docs/compatibility.md.
import type { SeenUpload } from "./rideshare.ts";

const FORMATS: Readonly<Record<string, string>> = {
  pprof: "pprof as the body",
  jfr: "JFR as the body",
  lines: "lines",
  trie: "trie",
  tree: "tree",
  speedscope: "speedscope",
};

export function sentAs({ path, params, parts, contentType }: SeenUpload): string {
  const isJson = contentType.includes("json");
  if (path.startsWith("/push.v1.")) return `Push, ${isJson ? "JSON" : "protobuf"}`;
  if (!path.endsWith("/ingest")) return `OTLP, ${isJson ? "JSON" : "protobuf"}`;
  if (parts.includes("jfr")) return `JFR in a form${parts.includes("labels") ? ", with labels" : ""}`;
  if (parts.includes("profile")) return "pprof in a form";
  return FORMATS[params.get("format") ?? ""] ?? "folded text";
}
