// The order of texts by their UTF-8 bytes, which is the order of their code points. JavaScript's `<`
// compares UTF-16 units and so puts 😀 (a surrogate pair) before U+FF5E.

/** Moves the surrogates above all other units: then units compare as code points do. */
const weight = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let k = 0; k < length; k++) {
    const left = a.charCodeAt(k);
    const right = b.charCodeAt(k);
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}
