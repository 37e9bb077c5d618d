// The largest recorded heap profile as folded text, for formats of which there are no large recorded files; the fixtures' where
// the shared data is not.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { stackLines } from "../../test/formats/stack-lines.ts";

export function heapFolded(): Uint8Array<ArrayBuffer> {
  const shared = process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data");
  const files = [
    join(shared, "pprof/go-heap.pb.gz"),
    join(import.meta.dirname, "../../test/fixtures/pprof/go-heap.pb.gz"),
  ];
  const bytes = gunzipSync(readFileSync(files.find((file) => existsSync(file)) ?? ""));
  const profile = decodePprof(new Uint8Array(bytes), { limits: LIMITS });
  if (profile === null) throw new Error("a heap profile without samples");
  const lines = stackLines(profile);
  // A label in front of a stack is part of its first frame here.
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}
