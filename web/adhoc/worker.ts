// A worker that holds one file: reads and decodes it, and answers what is drawn of it. It ends with its file, and all of it is gone.
import type { FileGraphs } from "../../src/adhoc/decode-file.ts";
import { drawGraph } from "../../src/adhoc/file-graph.ts";
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import { useHashSeeds } from "../../src/lib/hash-seed.ts";
import type { FromFileWorker, SentTree, ToFileWorker } from "./file-messages.ts";
import { answerQuestion, factsOf, failureOf, holdBytes } from "./held-file.ts";
import { readBytes } from "./read-bytes.ts";

/** What of a worker's own scope is used here. */
interface Port {
  postMessage(message: FromFileWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToFileWorker>) => void) | null;
}

const port = self as unknown as Port;
let held: FileGraphs | null = null;

useHashSeeds((words) => crypto.getRandomValues(words));

port.onmessage = ({ data }) => {
  if (data.kind === "read") void read(data.file, data.name);
  else answer(data);
};

/** Pieces are small: not each is worth telling. */
const TOLD_BYTES = 4 * 1024 * 1024;

async function read(file: Blob, name: string): Promise<void> {
  let bytes: Uint8Array | null = null;
  let told = 0;
  try {
    bytes = await readBytes(file, BROWSER_LIMITS.inflatedBytes, (count) => {
      if (count < told + TOLD_BYTES) return;
      told = count;
      port.postMessage({ kind: "reading", bytes: count });
    });
    if (bytes.length === 0) {
      port.postMessage({
        kind: "failed",
        failure: { code: "empty", message: "the file is empty", limit: null, format: null },
      });
      return;
    }
    port.postMessage({ kind: "decoding" });
    held = holdBytes(bytes, name);
    const [first] = held.graphs;
    if (first !== undefined) port.postMessage({ kind: "read", facts: factsOf(held), first: drawGraph(first) });
  } catch (error) {
    port.postMessage({ kind: "failed", failure: failureOf(error, bytes, name) });
  }
}

function answer({ id, question }: ToFileWorker & { kind: "question" }): void {
  if (held === null) return;
  try {
    const value = answerQuestion(held, question);
    port.postMessage({ kind: "answer", id, value }, "parent" in value ? buffersOf(value) : []);
  } catch (error) {
    port.postMessage({ kind: "refused", id, failure: failureOf(error, null, "") });
  }
}

const buffersOf = ({ parent, name, low, high }: SentTree): Transferable[] =>
  [parent, name, low, high].flatMap((numbers) => (numbers === null ? [] : [numbers.buffer]));
