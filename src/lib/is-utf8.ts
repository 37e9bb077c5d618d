// Whether bytes are UTF-8, as a strict decoder judges: a file may have a name in every other byte, and calling one for each costs
// more than all the rest of reading it.
//
//   0xxxxxxx | 110xxxxx 10xxxxxx | 1110xxxx 10xxxxxx × 2 | 11110xxx 10xxxxxx × 3
//
// Not the longer of two forms, no halves of surrogates (U+D800 to U+DFFF), nothing above U+10FFFF.

const isRest = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

export function isUtf8(bytes: Uint8Array): boolean {
  const { length } = bytes;
  for (let at = 0; at < length; ) {
    const first = bytes[at]!;
    if (first < 0x80) {
      at++;
      continue;
    }
    const rest = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (first < 0xc2 || first > 0xf4) return false;
    const second = bytes[at + 1]!;
    if (!isRest(second)) return false;
    if (first === 0xe0 && second < 0xa0) return false;
    if (first === 0xed && second > 0x9f) return false;
    if (first === 0xf0 && second < 0x90) return false;
    if (first === 0xf4 && second > 0x8f) return false;
    for (let k = 2; k <= rest; k++) if (!isRest(bytes[at + k])) return false;
    at += rest + 1;
  }
  return true;
}
