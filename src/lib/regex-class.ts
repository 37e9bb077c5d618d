// Sets of characters for regex-syntax.ts. A set is kept as the text of a JavaScript class (`v` flag)
// in which every character is written \u{…}; the engine's own one-character test, which can't
// backtrack, then knows Unicode categories and case folding.
import type { CharTest } from "./regex-syntax.ts";

export const literalSet = (char: number): string => `\\u{${char.toString(16)}}`;
export const rangeSet = (low: number, high: number): string => `${literalSet(low)}-${literalSet(high)}`;

const ranges = (text: string): string => {
  let set = "";
  for (let k = 0; k < text.length; k += 2) set += rangeSet(text.charCodeAt(k), text.charCodeAt(k + 1));
  return set;
};

const WORD = ranges("09AZaz__");
const DIGIT = ranges("09");

/** Each two characters are a range. RE2's are ASCII only; its \s has no vertical tab. */
export const PERL_CLASSES: ReadonlyMap<string, string> = new Map(
  Object.entries({ d: DIGIT, w: WORD, s: ranges("\t\n\f\r  ") }).flatMap(([letter, set]) => [
    [letter, `[${set}]`] as const,
    [letter.toUpperCase(), `[^${set}]`] as const,
  ]),
);

export const POSIX_CLASSES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    alnum: ranges("09AZaz"),
    alpha: ranges("AZaz"),
    ascii: ranges("\0\x7f"),
    blank: ranges("\t\t  "),
    cntrl: ranges("\0\x1f\x7f\x7f"),
    digit: DIGIT,
    graph: ranges("!~"),
    lower: ranges("az"),
    print: ranges(" ~"),
    punct: ranges("!/:@[`{~"),
    space: ranges("\t\r  "),
    upper: ranges("AZ"),
    word: WORD,
    xdigit: ranges("09AFaf"),
  }),
);

/** `\pL`, `\p{Lu}`, `\p{Greek}`, `\p{^Greek}`, `\p{Any}`; null when there is no such property. */
export function propertySet(name: string, negated: boolean): string | null {
  const inverted = name.startsWith("^") !== negated;
  const plain = name.startsWith("^") ? name.slice(1) : name;
  if (!/^[A-Za-z_]{1,40}$/.test(plain)) return null;
  const property = plain.length <= 2 || plain === "Any" ? plain : `Script=${plain}`;
  const set = `\\${inverted ? "P" : "p"}{${property}}`;
  try {
    new RegExp(set, "v");
  } catch {
    return null;
  }
  return set;
}

export const anyChar =
  (dotAll: boolean): CharTest =>
  (char) =>
    dotAll || char !== 10;

/** One character, or all that fold to it. */
export function caseless(char: number, fold: boolean): CharTest {
  if (!fold) return (other) => other === char;
  return charSet(`[${literalSet(char)}]`, true);
}

export function charSet(set: string, fold: boolean): CharTest {
  const one = new RegExp(`^${set}$`, fold ? "vi" : "v");
  /** Per ASCII character: 0 unknown, 1 no, 2 yes. */
  const ascii = new Uint8Array(128);
  return (char) => {
    if (char >= 128) return one.test(String.fromCodePoint(char));
    const known = ascii[char] ?? 0;
    if (known !== 0) return known === 2;
    const is = one.test(String.fromCharCode(char));
    ascii[char] = is ? 2 : 1;
    return is;
  };
}
