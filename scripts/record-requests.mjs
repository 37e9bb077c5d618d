// Records whole requests of a profiling client as fixtures: `node scripts/record-requests.mjs --out DIR [--port N]
// [--keep N]`. Every request is answered 200 with an empty body, as /ingest does.
//
// One request is two files (test/support/recorded-request.ts reads them):
//
//   <n>-<what>.json   { "method", "path" (with query), "headers", "bodyBytes", "receivedAt" }
//   <n>-<what>.bin    the body, byte for byte
//
// <what> is guessed from the body: cpu, heap, goroutines, mutex, block, wall or request. At most --keep (default 4) of
// each are written per `name` parameter, so that a recorder left running does not fill the disk.

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

const { values: options } = parseArgs({
  options: {
    out: { type: "string" },
    port: { type: "string", default: "0" },
    keep: { type: "string", default: "4" },
  },
});
if (options.out === undefined) {
  console.error("usage: node scripts/record-requests.mjs --out DIR [--port N] [--keep N]");
  process.exit(2);
}
const outDirectory = options.out;
mkdirSync(outDirectory, { recursive: true });

const keptByKind = new Map();
let count = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    record(request, Buffer.concat(chunks));
    response.writeHead(200).end();
  });
});
server.listen(Number(options.port), "127.0.0.1", () => {
  console.log(`recording on http://127.0.0.1:${server.address().port} into ${outDirectory}`);
});

function record(request, body) {
  const what = kindOf(body);
  const kind = `${what} ${new URL(request.url, "http://recorder").searchParams.get("name") ?? ""}`;
  const kept = keptByKind.get(kind) ?? 0;
  console.log(`${request.method} ${request.url} ${body.length} bytes: ${what}`);
  if (kept >= Number(options.keep)) return;
  keptByKind.set(kind, kept + 1);
  count++;

  const base = join(outDirectory, `${String(count).padStart(2, "0")}-${what}`);
  const head = {
    method: request.method,
    path: request.url,
    headers: request.headers,
    bodyBytes: body.length,
    receivedAt: new Date().toISOString(),
  };
  writeFileSync(`${base}.json`, `${JSON.stringify(head, null, 2)}\n`);
  writeFileSync(`${base}.bin`, body);
}

/** What the profile in the body is, by the names of its sample types. */
function kindOf(body) {
  const text = `${body.toString("latin1")}${inflatedText(body)}`;
  const marks = [
    ["mutex_count", "mutex"],
    ["block_count", "block"],
    ["goroutine", "goroutines"],
    ["inuse_space", "heap"],
    ["wall", "wall"],
    ["space", "heap"],
    ["cpu", "cpu"],
  ];
  // A whole string of the string table (field 6, one byte of length), or a quoted key of a sample_type_config.
  const holds = (mark) => text.includes(`\x32${String.fromCharCode(mark.length)}${mark}`) || text.includes(`"${mark}"`);
  return marks.find(([mark]) => holds(mark))?.[1] ?? "request";
}

/** The text of the first gzip member in the body, whether the body is it or a multipart part holds it. */
function inflatedText(body) {
  const start = body.indexOf(Buffer.of(0x1f, 0x8b, 0x08));
  if (start < 0) return "";
  const end = body.indexOf("\r\n--", start, "latin1");
  try {
    return gunzipSync(body.subarray(start, end < 0 ? undefined : end)).toString("latin1");
  } catch {
    return "";
  }
}
