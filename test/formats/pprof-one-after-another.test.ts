// What one profile leaves in the decoder's arrays must not show in the next one, nor in one that was decoded before.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { sampleVectors } from "../../src/profile/sample-vectors.ts";
import { returnStacks } from "../../src/profile/stack-dictionary.ts";
import { mutate, random } from "./mutations.ts";
import { stackLines } from "./stack-lines.ts";

const FOLDER = join(import.meta.dirname, "../fixtures/pprof");
const BODIES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".pb.gz"))
  .map((file) => inflateIfGzip(readFileSync(join(FOLDER, file)), LIMITS));

const decode = (bytes: Uint8Array): Profile => {
  const profile = decodePprof(bytes, { limits: LIMITS, goRepair: true });
  if (profile === null) throw new Error("nothing decoded");
  return profile;
};

const textOf = (profile: Profile): string[] => {
  const columns = profile.sampleTypes.map((_type, valueIndex) => ({ valueIndex, multiplier: 1 }));
  const groups = new Int32Array(profile.labelSets.length);
  const vectors = sampleVectors(profile, columns, groups, 1, () => new Error("overflow"));
  return [
    ...profile.sampleTypes.flatMap((_type, i) => stackLines(profile, i)),
    ...vectors.map(({ column, vector }) => `${column.valueIndex}: ${vector.nodes} ${vector.low}`),
  ];
};

describe("decoding one profile after another", () => {
  const alone = BODIES.map((bytes) => textOf(decode(bytes)));

  it("gives each what it gives alone, whatever was refused in between", () => {
    const next = random(7);
    const kept = BODIES.map(decode);
    for (let round = 0; round < 60; round++) {
      const at = Math.floor(next() * BODIES.length);
      try {
        decode(mutate(BODIES[at] ?? new Uint8Array(), next));
      } catch {
        // Refused or not: it has used the arrays.
      }
      const profile = decode(BODIES[at] ?? new Uint8Array());
      expect(textOf(profile)).toEqual(alone[at]);
      returnStacks(profile.stacks);
    }
    expect(kept.map(textOf)).toEqual(alone);
  });

  it("lends a dictionary that was given back twice to one profile only", () => {
    const { stacks } = decode(BODIES[0] ?? new Uint8Array());
    returnStacks(stacks);
    returnStacks(stacks);
    const [one, other] = [decode(BODIES[1] ?? new Uint8Array()), decode(BODIES[2] ?? new Uint8Array())];
    expect([textOf(one), textOf(other)]).toEqual([alone[1], alone[2]]);
  });
});
