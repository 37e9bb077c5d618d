// What the bulk loader sends of a gzipped file: to a server on this machine it has inflated it already.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readOptions } from "../../scripts/load/options.ts";
import { readProfile } from "../../scripts/load/read-profile.ts";

const FILE = join(import.meta.dirname, "../fixtures/pprof/go-mutex.pb.gz");

const readFor = (url: string) => {
  const options = readOptions(["--url", url, "--time", "1700000000", FILE], {});
  const profile = options === null ? null : readProfile(FILE, options);
  if (profile === null) throw new Error("nothing read");
  return profile;
};

it.each([
  ["http://localhost:4040", true],
  ["http://127.0.0.1:4040", true],
  ["http://[::1]:4040", true],
  ["https://profiles.example.org", false],
  ["http://127.0.0.1.example.org", false],
])("goes to %s inflated: %s; by the same id", (url, isInflated) => {
  const file = new Uint8Array(readFileSync(FILE));
  const { profile, id } = readFor(url);
  expect(new Uint8Array(profile)).toEqual(isInflated ? new Uint8Array(gunzipSync(file)) : file);
  expect(id).toBe(readFor("https://profiles.example.org").id);
});
