// What is around a profile: gzip, forms, the previous profile and what an agent says of its types. And speedscope, which is JSON.
import { gzipSync } from "node:zlib";
import { concat, message } from "../pprof-bytes.ts";
import { CPU, fn, location, S, STRINGS, sample, TABLE } from "../small-pprof.ts";
import {
  type Attack,
  BOUNDARY,
  type Bytes,
  FORM_TYPE,
  field,
  type Route,
  repeated,
  shortName,
  text,
  untilFull,
} from "./attack.ts";

const PPROF: Route = { kind: "ingest", query: "format=pprof" };
const FORM: Route = { kind: "ingest", query: "", type: FORM_TYPE };
const SPEEDSCOPE: Route = { kind: "ingest", query: "format=speedscope&sampleRate=0" };
const FOLDED: Route = { kind: "ingest", query: "format=folded&sampleRate=0" };

const SMALL = concat(CPU, TABLE, fn(1, S("main")), location(1, 1), sample([1], [1]));

function form(...parts: readonly (readonly [name: string, bytes: Uint8Array])[]): Bytes {
  const pieces = parts.flatMap(([name, bytes]) => [
    text(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n`),
    bytes,
    text("\r\n"),
  ]);
  return concat(...pieces, text(`--${BOUNDARY}--\r\n`));
}

/** Parts of nothing, each under a name of its own, before the profile. */
function manyParts(size: number): Bytes {
  const head = untilFull(size, (i) =>
    text(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${shortName(i)}"; filename="a"\r\n\r\nx\r\n`),
  );
  return concat(head, form(["profile", SMALL]));
}

/** Parts with as many short header lines as they may have. */
function manyHeaders(size: number): Bytes {
  const lines = "a\r\n".repeat(5000);
  return concat(
    repeated(text(`--${BOUNDARY}\r\n${lines}\r\nx\r\n`), Math.max(size, 2 * lines.length)),
    form(["profile", SMALL]),
  );
}

/** A cumulative type; every sample has a label of its own and stands at the end of one very deep stack, which takes a byte. */
function cumulative(size: number): Bytes {
  const type = message([1, message([1, STRINGS.length], [2, STRINGS.length + 1])]);
  const deep = location(1, ...new Array<number>(990).fill(1));
  const samples = untilFull(Math.min(size, 17_000 * 20), (i) =>
    concat(
      message([6, shortName(i)]),
      field(2, message([1, [1]], [2, [5 + (i % 3)]], [3, message([1, S("key")], [2, STRINGS.length + 2 + i])])),
    ),
  );
  return concat(type, TABLE, message([6, "alloc_space"], [6, "bytes"]), fn(1, S("main")), deep, samples);
}

const nested = (bytes: Uint8Array, times: number): Bytes =>
  new Uint8Array(times === 0 ? bytes : gzipSync(nested(bytes, times - 1)));

const SCHEMA = '"$schema":"https://www.speedscope.app/file-format-schema.json"';
const file = (profiles: string, frames = '{"name":"a"},{"name":"b"}'): Bytes =>
  text(`{${SCHEMA},"shared":{"frames":[${frames}]},"profiles":[${profiles}]}`);
const sampled = (samples: string, weights: string): string =>
  `{"type":"sampled","name":"p","unit":"bytes","startValue":0,"samples":[${samples}],"weights":[${weights}]}`;
const joined = (part: string, size: number): string =>
  new Array(Math.max(1, Math.floor(size / (part.length + 1)))).fill(part).join();

/** Frames opened and closed, over and over. */
function storm(size: number): Bytes {
  const events: string[] = [];
  for (let i = 0, length = 0; length < size; i += 2) {
    const pair = `{"type":"O","at":${i},"frame":0},{"type":"C","at":${i + 1},"frame":0}`;
    events.push(pair);
    length += pair.length + 1;
  }
  return file(`{"type":"evented","name":"p","unit":"bytes","startValue":0,"events":[${events.join()}]}`);
}

function deepStorm(size: number): Bytes {
  const count = Math.floor(size / 64);
  const open = Array.from({ length: count }, (_, i) => `{"type":"O","at":${i},"frame":${i % 2}}`);
  const close = Array.from(
    { length: count },
    (_, i) => `{"type":"C","at":${count + i},"frame":${(count - 1 - i) % 2}}`,
  );
  return file(`{"type":"evented","name":"p","unit":"bytes","events":[${[...open, ...close].join()}]}`);
}

const pprof = (name: string, gives: string, make: Attack["make"], route: Route = PPROF): Attack => ({
  ...{ format: route === PPROF ? "pprof" : "pprof-form", name, route, make, gives },
});
const speedscope = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "speedscope", name, route: SPEEDSCOPE, make, gives },
});

export const FORM_ATTACKS: readonly Attack[] = [
  pprof(
    "gzip: a thousand times its size",
    "profile_too_large",
    (size) => new Uint8Array(gzipSync(new Uint8Array(size * 900))),
  ),
  pprof("gzip: as far as it may inflate", "malformed_profile", (size) =>
    concat(repeated(new Uint8Array(gzipSync(new Uint8Array(5000))), size)),
  ),
  pprof("gzip: within gzip", "malformed_profile", (size) => nested(repeated(SMALL, size), 3)),
  pprof("gzip: members of nothing", "1", (size) =>
    concat(gzipSync(SMALL), repeated(gzipSync(new Uint8Array(0)), size)),
  ),
  pprof(
    "gzip: cut off",
    "malformed_profile",
    (size) => new Uint8Array(gzipSync(repeated(SMALL, size * 8)).subarray(0, -9)),
  ),
  {
    ...pprof("gzip: text that shrinks well", "20000", (size) => new Uint8Array(gzipSync("a;b;c 1\n".repeat(size)))),
    route: FOLDED,
    format: "folded",
  },
  pprof("form: parts of nothing", "1", manyParts, FORM),
  pprof(
    "form: parts without a head",
    "1",
    (size) => concat(repeated(text(`--${BOUNDARY}\n\n`), size), form(["profile", SMALL])),
    FORM,
  ),
  pprof("form: lines of headers", "1", manyHeaders, FORM),
  pprof("form: lines of nothing", "1", (size) => concat(text("\r\n".repeat(size / 2)), form(["profile", SMALL])), FORM),
  pprof(
    "form: one name a thousand times",
    "1",
    (size) =>
      form(["profile", SMALL], ...Array.from({ length: Math.floor(size / 80) }, () => ["profile", SMALL] as const)),
    FORM,
  ),
  pprof("form: a head as long as the file", "1", (size) => form(["x".repeat(size), SMALL], ["profile", SMALL]), FORM),
  pprof(
    "form: types that are no types",
    "profile_too_large",
    (size) =>
      form(
        ["profile", SMALL],
        [
          "sample_type_config",
          text(
            `{${new TextDecoder().decode(untilFull(Math.max(300_000, size), (i) => text(`"${shortName(i)}":{},`)))}"z":{}}`,
          ),
        ],
      ),
    FORM,
  ),
  pprof(
    "form: a name of a type as long as the file",
    "malformed_profile",
    (size) => form(["profile", SMALL], ["sample_type_config", text(`{"${"k".repeat(size)}":1}`)]),
    FORM,
  ),
  pprof(
    "form: types within types",
    "malformed_profile",
    (size) => form(["profile", SMALL], ["sample_type_config", text("[".repeat(size))]),
    FORM,
  ),
  pprof("form: no end", "malformed_profile", (size) => form(["profile", new Uint8Array(size)]).slice(0, -8), FORM),
  pprof(
    "form: a difference of many deep series",
    "0",
    (size) => {
      const profile = cumulative(size >> 1);
      return form(["profile", profile], ["prev_profile", profile]);
    },
    FORM,
  ),
  speedscope("empty samples", "4000", (size) => {
    const count = Math.floor(size / 5);
    return file(sampled(joined("[]", count * 3), joined("1", count * 2)));
  }),
  speedscope("stacks over one path, with another root each time", "10", (size) =>
    file(
      sampled(
        new Array(size / 2000)
          .fill(0)
          .map((_, i) => `[${i % 2},${joined("0", 1990)}]`)
          .join(),
        joined("1", size / 1000),
      ),
    ),
  ),
  speedscope("events that open and close one frame", "315", storm),
  speedscope("events that open all before they close", "623", deepStorm),
  speedscope("many profiles of the same frames", "208", (size) => {
    const count = Math.floor(size / 96);
    return file(Array.from({ length: count }, () => sampled("[0,1]", "1")).join());
  }),
  speedscope("a name of its own for each profile", "204", (size) => {
    const count = Math.min(19_000, Math.floor(size / 98));
    return file(
      Array.from({ length: count }, (_, i) => sampled("[0,1]", "1").replace('"p"', `"${shortName(i)}"`)).join(),
    );
  }),
  speedscope("lists within lists", "profile_too_large", (size) => text("[".repeat(size))),
  speedscope("empty objects for frames", "malformed_profile", (size) => file("", joined("{}", size))),
  speedscope("a weight below zero", "malformed_profile", (size) =>
    file(sampled(joined("[]", size), `${joined("1", size - 40)},-1`)),
  ),
  speedscope("a weight that no number is", "malformed_profile", (size) =>
    file(sampled(joined("[0]", size), joined("1e999", size))),
  ),
  speedscope("a weight beyond 63 bits", "malformed_profile", () => file(sampled("[0]", "1e300"))),
  speedscope("NaN for a weight", "malformed_profile", () => file(sampled("[0]", "NaN"))),
];
