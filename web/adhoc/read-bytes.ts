// The bytes of a file, inflated when it is gzip, up to a limit.
import { AppError, malformed, tooLarge } from "../../src/lib/app-error.ts";
import { isGzip } from "../../src/lib/is-gzip.ts";
import { readAtMost } from "../../src/lib/read-stream.ts";

/** Large pieces are read much faster than a stream, whose pieces are small; small enough to tell how far it is. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** The browser does not get at a file's bytes. */
export class UnreadableFile extends Error {}

/**
 * @param onBytes how many bytes are there
 * @throws AppError malformed_profile, profile_too_large; UnreadableFile
 */
export async function readBytes(
  file: Blob,
  most: number,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = await pieceOf(file, 0, 2);
  if (!isGzip(head)) {
    if (file.size > most) throw tooLarge("inflatedBytes", file.size, most, "the file is too large");
    return readPieces(file, onBytes);
  }
  const tooMuch = () => tooLarge("inflatedBytes", `over ${most}`, most, "the file is too large when inflated");
  const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
  const inflated = await readAtMost(stream, most, tooMuch, onBytes).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    // A file that is gone breaks the same stream, by an exception of its own kind.
    if (error instanceof DOMException) throw new UnreadableFile(error.message);
    throw malformed(`gzip: ${error instanceof Error ? error.message : "unreadable"}`);
  });
  if (isGzip(inflated)) throw malformed("the file is gzipped twice");
  return inflated;
}

async function readPieces(file: Blob, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size <= PIECE_BYTES) return pieceOf(file, 0, file.size);
  const whole = new Uint8Array(file.size);
  for (let at = 0; at < whole.length; at += PIECE_BYTES) {
    whole.set(await pieceOf(file, at, at + PIECE_BYTES), at);
    onBytes(Math.min(whole.length, at + PIECE_BYTES));
  }
  return whole;
}

async function pieceOf(file: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch (error) {
    throw new UnreadableFile(error instanceof Error ? error.message : "no bytes");
  }
}
