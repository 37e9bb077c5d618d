// A few damaged inputs for every decoder; scripts/fuzz-formats.ts makes as many as one likes, the same ones and on.
import { describe, expect, it } from "vitest";
import { damagedInput } from "./fuzz-input.ts";
import { fuzzSubjects } from "./fuzz-subjects.ts";

const INPUTS = Number(process.env.EDGEFLAME_FUZZ_INPUTS ?? 60);
const SEED = Number(process.env.EDGEFLAME_FUZZ_SEED ?? 20261123);

const SUBJECTS = fuzzSubjects().map((subject) => [subject.name, subject] as const);

it.each(SUBJECTS)("%s: what is damaged was whole before, but for a few files", async (_name, { seeds, decode }) => {
  let read = 0;
  for (const seed of seeds) read += await decode(seed, 0).then(Number, () => 0);
  expect(read / seeds.length).toBeGreaterThan(2 / 3);
});

describe("whatever is damaged, however, is read or refused with an error that says so", () => {
  it.each(SUBJECTS)("%s", async (_name, subject) => {
    const outcomes = new Map<string, number>();
    for (let input = 0; input < INPUTS; input++) {
      let outcome = "read";
      try {
        await subject.decode(damagedInput(subject, SEED, input).body, input);
      } catch (error) {
        outcome = error instanceof Error && "code" in error ? String(error.code) : "";
        if (!subject.codes.includes(outcome)) throw new Error(`input ${input} of seed ${SEED}`, { cause: error });
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // A run in which all are refused, or none, tries nothing.
    expect(outcomes.size).toBeGreaterThan(1);
  });
});
