// The parts of small pprofs that are put together by hand, field by field.
import { LIMITS } from "../../src/config.ts";
import { decodePprof, type PprofOptions } from "../../src/formats/pprof/decode.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { concat, message } from "./pprof-bytes.ts";

export const decode = (bytes: Uint8Array, options: Partial<PprofOptions> = {}): Profile => {
  const profile = decodePprof(bytes, { limits: LIMITS, ...options });
  if (profile === null) throw new Error("nothing decoded");
  return profile;
};

/** String table of the hand-made profiles below. */
export const STRINGS = ["", "cpu", "nanoseconds", "main", "work", "app.go", "/bin/app", "build-1", "key", "value"];
export const S = (text: string): number => STRINGS.indexOf(text);
export const TABLE = message(...STRINGS.map((text): [number, string] => [6, text]));
export const CPU = message([1, message([1, S("cpu")], [2, S("nanoseconds")])]);
export const fn = (id: number | bigint, name: number) =>
  message([5, message([1, id], [2, name], [4, S("app.go")], [5, 3])]);
export const location = (id: number | bigint, ...functions: (number | bigint)[]) =>
  message([4, message([1, id], ...functions.map((f): [number, Uint8Array] => [4, message([1, f], [2, 9])]))]);
export const sample = (ids: (number | bigint)[], values: (number | bigint)[]) =>
  message([2, message([1, ids], [2, values])]);
export const MAIN = concat(fn(1, S("main")), location(1, 1));
