// Each fixture as text beside it: fixtures/<format>/<file> → fixtures/<format>/<file>.stacks.txt.
// `npx vitest run -u` writes them anew; then read the difference.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded } from "../../src/formats/folded.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { noteText } from "../../src/profile/upload-note.ts";
import { stackLines } from "./stack-lines.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const filesOf = (folder: string, ending: RegExp) => readdirSync(join(FIXTURES, folder)).filter((f) => ending.test(f));
const read = (folder: string, file: string) => inflateIfGzip(readFileSync(join(FIXTURES, folder, file)), LIMITS);

function dump(profile: Profile): string {
  const { sampleTypes, periodType, period, notes } = profile;
  const head = [`period ${periodType.type}/${periodType.unit} ${period}`, ...notes.map(noteText)];
  const types = sampleTypes.map(({ type, unit }, i) => [`\n${type}/${unit}`, ...stackLines(profile, i)]);
  return `${[...head, ...types.flat()].join("\n")}\n`;
}

describe("fixtures as text", () => {
  it.each(filesOf("pprof", /[.]pb[.]gz$/))("pprof/%s", async (file) => {
    const profile = decodePprof(read("pprof", file), { limits: LIMITS, goRepair: true });
    if (profile === null) throw new Error("nothing decoded");
    await expect(dump(profile)).toMatchFileSnapshot(join(FIXTURES, "pprof", `${file}.stacks.txt`));
  });

  it.each(filesOf("folded", /^[^.]+[.]txt$/))("folded/%s", async (file) => {
    const profile = decodeFolded(read("folded", file), LIMITS);
    await expect(dump(profile)).toMatchFileSnapshot(join(FIXTURES, "folded", `${file}.stacks.txt`));
  });
});
