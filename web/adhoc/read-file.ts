// A profile file → flame graphs, in the browser, by the decoders of the Worker. Heavy: pages import it when they need it.
import { decodeFile } from "../../src/adhoc/decode-file.ts";
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import type { ShareContent } from "../../src/api/share.ts";
import { useHashSeeds } from "../../src/lib/hash-seed.ts";
import { readAtMost } from "../../src/lib/read-stream.ts";

const MOST_BYTES = BROWSER_LIMITS.inflatedBytes;

useHashSeeds((words) => crypto.getRandomValues(words));

export async function contentOfResponse(response: Response): Promise<ShareContent | string> {
  return contentOfBytes(new Uint8Array(await response.arrayBuffer()), "");
}

/** @returns why not, in words for people, when it can't be shown */
export async function contentOfBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<ShareContent | string> {
  try {
    return decodeFile({ bytes: await inflated(bytes), name }, BROWSER_LIMITS).content;
  } catch (error) {
    return `This file cannot be shown: ${error instanceof Error ? error.message : "it could not be read"}.`;
  }
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return readAtMost(
    stream,
    MOST_BYTES,
    () => new Error(`it is larger than ${MOST_BYTES / 1024 / 1024} MiB when inflated`),
  );
}
