// Push requests of attackers: very many profiles, none of which is worth anything, and labels that are written for each of their series.
import { gzipSync } from "node:zlib";
import { concat, message, pprofOf } from "../pprof-bytes.ts";
import { CPU, MAIN, sample, TABLE } from "../small-pprof.ts";
import { type Attack, type Bytes, field, type Route, repeated, shortName, text, untilFull } from "./attack.ts";
import { cutStacks, ownLabels } from "./pprof.ts";

const PUSH: Route = { kind: "push" };
const BY_JSON: Route = { kind: "push by library", type: "application/json" };
const BY_WEB: Route = { kind: "push by library", type: "application/grpc-web+proto" };

const label = (name: string, value: string) => message([1, message([1, name], [2, value])]);
const NAMED = concat(label("__name__", "process_cpu"), label("service_name", "a"));
const series = (...parts: readonly Uint8Array[]): Bytes => field(1, concat(...parts));
const profile = (bytes: Uint8Array): Bytes => field(2, field(1, bytes));

const SMALL = concat(CPU, TABLE, MAIN, sample([1], [1]));
/** Fits by itself, and not together: it is refused after its stacks were read. */
const late = (i: number): Bytes =>
  new Uint8Array(
    pprofOf({
      types: ["cpu/nanoseconds"],
      samples: [0, 1, 2].map((k) => ({ stack: [`late${i}`, `f${k}`], values: [2n ** 62n] })),
    }),
  );

const longLabels = (): Uint8Array[] => Array.from({ length: 90 }, (_, i) => label(`l${i}`, `${i}`.padEnd(2000, "v")));

/** A frame of gRPC-Web. */
function framed(bytes: Uint8Array): Bytes {
  const head = new Uint8Array(5);
  new DataView(head.buffer).setUint32(1, bytes.length);
  return concat(head, bytes);
}

const json = (open: string, part: string, close: string, size: number): Bytes =>
  text(open + new Array(Math.floor(size / (part.length + 1))).fill(part).join() + close);

const push = (name: string, gives: string, make: Attack["make"], more: Partial<Attack> = {}): Attack => ({
  ...{ format: "push", name, route: PUSH, make, gives },
  ...more,
});

export const PUSH_ATTACKS: readonly Attack[] = [
  push("small profiles", "183", (size) => concat(series(NAMED, repeated(profile(SMALL), size)))),
  push("small profiles, each in a series of its own", "128", (size) => repeated(series(NAMED, profile(SMALL)), size)),
  push("empty profiles", "0", (size) => series(NAMED, repeated(profile(new Uint8Array(0)), size)), { most: 78_000 }),
  push("empty series", "invalid_argument", (size) => repeated(field(1, new Uint8Array(0)), size), { most: 38_000 }),
  push("more empty series than profiles may be", "profile_too_large", (size) =>
    repeated(field(1, new Uint8Array(0)), Math.max(60_000, size)),
  ),
  push("profiles that are refused late, among good ones", "profile_too_large", (size) =>
    untilFull(size, (i) => series(NAMED, profile(SMALL), profile(late(i)))),
  ),
  push("profiles that each inflate to a megabyte", "profile_too_large", (size) =>
    series(NAMED, repeated(profile(gzipSync(new Uint8Array(1024 * 1024 + 1))), size)),
  ),
  push("cut stacks of Go in many small profiles", "423", (size) =>
    series(NAMED, repeated(profile(cutStacks(4000)), size)),
  ),
  push("long labels of a series, and a label of its own for each sample", "profile_too_large", (size) =>
    series(NAMED, ...longLabels(), profile(ownLabels(size))),
  ),
  push("labels without end", "1", (size) => series(NAMED, repeated(label("a", "b"), size), profile(SMALL))),
  push("another name for each of a series' labels", "1", (size) =>
    series(
      NAMED,
      untilFull(size, (i) => label(shortName(i), "v")),
      profile(SMALL),
    ),
  ),
  push("a length that lies", "malformed_profile", (size) =>
    concat(repeated(series(NAMED, profile(SMALL)), size), Uint8Array.of(10, 0xff, 0xff, 0xff, 0x07)),
  ),
  push(
    "by JSON: empty profiles",
    "profile_too_large",
    (size) => json('{"series":[{"samples":[', "{}", "]}]}", Math.max(size, 70_000)),
    { route: BY_JSON },
  ),
  push("by JSON: lists within lists", "profile_too_large", (size) => text("[".repeat(size)), { route: BY_JSON }),
  push(
    "by gRPC-Web: empty series",
    "profile_too_large",
    (size) => framed(repeated(field(1, new Uint8Array(0)), Math.max(60_000, size))),
    { route: BY_WEB },
  ),
];
