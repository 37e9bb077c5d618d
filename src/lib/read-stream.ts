// A stream of bytes as one array: up to a limit, and no further.

/**
 * @param tooMuch what to throw once more than `most` bytes have come; the stream is given up then
 * @param onBytes told of every piece how many bytes have come so far
 */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  most: number,
  tooMuch: () => Error,
  onBytes?: (length: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(pieces, length);
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

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
