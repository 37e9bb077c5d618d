// The table of what attackers would send, each small: what is stored of it is what it says, or it is refused with an error that says why.
// bench/cases/attacks.ts measures the same, large.
import { describe, expect, it } from "vitest";
import { ATTACKS } from "./attacks/all.ts";
import { outcomeOf } from "./attacks/run.ts";

const SMALL_BYTES = 20_000;

describe("an attacker's bytes are counted for what they say, or refused as the sender's mistake", () => {
  it.each(ATTACKS.map((attack) => [`${attack.format}: ${attack.name}`, attack] as const))(
    "%s",
    async (_name, attack) => {
      expect(await outcomeOf(attack, attack.make(SMALL_BYTES))).toBe(attack.gives);
    },
  );
});
