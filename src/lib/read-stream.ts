// A stream of bytes as one array, or as the pieces it came in: up to a limit, and no further.

/** @param tooMuch what to throw once more than `most` bytes have come; the stream is given up then */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  most: number,
  tooMuch: () => Error,
  onBytes?: (length: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return joinPieces(await readPieces(stream, most, tooMuch, onBytes));
}

/**
 * For what may be too large to be held twice.
 * @param onBytes told of every piece how many bytes have come so far
 */
export async function readPieces(
  stream: ReadableStream<Uint8Array>,
  most: number,
  tooMuch: () => Error,
  onBytes?: (length: number) => void,
): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces;
    length += value.length;
    if (length > most) {
      // Its answer is waited for by nobody: a stream that won't end must not keep its reader.
      reader.cancel().catch(() => undefined);
      throw tooMuch();
    }
    pieces.push(value);
    onBytes?.(length);
  }
}

export const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** Copies only what it must: one piece that is a whole buffer stays what it is. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1 && isWhole(first)) return first;
  const whole = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const isWhole = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;

/** Pieces may be as small as their sender likes: of the first ones as many as make so many bytes. */
export function beginOf(pieces: readonly Uint8Array[], most: number): Uint8Array<ArrayBuffer> {
  const first: Uint8Array[] = [];
  for (let at = 0, left = most; left > 0 && at < pieces.length; at++) {
    const piece = pieces[at]!.subarray(0, left);
    left -= piece.length;
    first.push(piece);
  }
  return joinPieces(first);
}

/** @returns a stream of the pieces, one after another, as they are asked for */
export function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[next++];
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
}
