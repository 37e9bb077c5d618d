// The bytes of a file, inflated when it is gzip, up to a limit.
import { AppError, malformed, tooLarge } from "../../src/lib/app-error.ts";
import { isGzip } from "../../src/lib/is-gzip.ts";
import { readAtMost } from "../../src/lib/read-stream.ts";

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
  const isPacked = isGzip(await headOf(file));
  if (!isPacked && file.size > most) throw tooLarge("inflatedBytes", file.size, most, "the file is too large");
  const tooMuch = () => tooLarge("inflatedBytes", `over ${most}`, most, "the file is too large when inflated");
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const bytes = await readAtMost(stream, most, tooMuch, onBytes).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    // A file that is gone breaks the same stream, by an exception of its own kind.
    if (!isPacked || error instanceof DOMException) throw new UnreadableFile(String(error));
    throw malformed(`gzip: ${error instanceof Error ? error.message : "unreadable"}`);
  });
  if (isPacked && isGzip(bytes)) throw malformed("the file is gzipped twice");
  return bytes;
}

async function headOf(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(0, 2).arrayBuffer());
  } catch (error) {
    throw new UnreadableFile(String(error));
  }
}
