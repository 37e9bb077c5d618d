// Blobs as the object's SQLite hands them out.

export const bytesOf = (value: unknown): Uint8Array => new Uint8Array(value as ArrayBuffer);

/** Pieces end to end. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
