// Our own judge of UTF-8 against the platform's strict decoder.
import fc from "fast-check";
import { expect, it } from "vitest";
import { isUtf8 } from "../../src/lib/is-utf8.ts";

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isDecoded(bytes: Uint8Array): boolean {
  try {
    STRICT.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

it("says the same as a strict decoder of every sequence of two bytes and of those that begin at an edge", () => {
  for (let first = 0; first < 256; first++)
    for (let second = 0; second < 256; second++) {
      const edges = [[], [0x80], [0x80, 0x80], [0xbf, 0xbf], [0x7f], [0x80, 0xc0]];
      for (const rest of first < 0x80 ? [[]] : edges) {
        const bytes = Uint8Array.of(first, second, ...rest);
        if (isUtf8(bytes) !== isDecoded(bytes)) expect([...bytes]).toBe("judged alike");
      }
    }
});

it("takes any text, and any text that is cut or changed as the decoder does", () => {
  const text = fc.string({ unit: "grapheme" }).map((value) => new TextEncoder().encode(value));
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(255), (bytes, at, byte) => {
      expect(isUtf8(bytes)).toBe(true);
      const cut = bytes.subarray(0, at % (bytes.length + 1));
      expect(isUtf8(cut)).toBe(isDecoded(cut));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      expect(isUtf8(bytes)).toBe(isDecoded(bytes));
    }),
  );
});
