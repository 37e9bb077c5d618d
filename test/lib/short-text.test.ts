// A text that is taken from those seen before is the text of these bytes, whatever was seen.
import fc from "fast-check";
import { expect, it } from "vitest";
import { shortText } from "../../src/lib/short-text.ts";

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("cpu", "cpv", "region", "nanoseconds", "\ufeffcpu", "\0", "é", "😀"),
);

it("is what the decoder gives, again and again, for any bytes", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          text.map((one) => new TextEncoder().encode(one)),
          fc.uint8Array({ maxLength: 70 }),
        ),
      ),
      (all) => {
        for (const bytes of [...all, ...all]) {
          const framed = Uint8Array.of(1, 2, ...bytes, 3);
          const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
          expect(shortText(framed, 2, 2 + bytes.length)).toBe(decoder.decode(bytes));
        }
      },
    ),
  );
});
