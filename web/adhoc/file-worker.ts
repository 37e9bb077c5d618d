// The page's side of a worker that holds a file.
import { USUAL_NODES } from "../../src/adhoc/limits.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import type { FileFacts, FileFailure, FileQuestion, FromFileWorker, SentTree, ToFileWorker } from "./file-messages.ts";

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: FileFailure };

export interface FileEvents {
  /** How many bytes were read, of the file or of what it inflates to. */
  onReading(bytes: number): void;
  onDecoding(): void;
  onRead(facts: FileFacts, first: ShareGraph): void;
  /** Nothing comes after it. */
  onFailed(failure: FileFailure): void;
}

export interface FileWorker {
  graph(graph: number, mostNodes?: number): Promise<Outcome<ShareGraph>>;
  tree(graph: number): Promise<Outcome<SentTree>>;
  /** From this file's graph to that of another. */
  difference(graph: number, other: SentTree, mostNodes?: number): Promise<Outcome<ShareGraph>>;
  /** Ends it at once, whatever it does: nothing of the file is left. */
  close(): void;
}

const GONE: FileFailure = { code: "crashed", message: "the worker that read it is gone", limit: null, format: null };

let spare: Worker | null = null;

function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** Starts the worker of the next file, so that its script is there when the file is. */
export function keepSpare(): void {
  if (spare !== null) return;
  const started = startWorker();
  // Whoever needs one tries again, and says what is wrong.
  started.onerror = () => {
    spare = null;
  };
  spare = started;
}

export function openFile(file: Blob, name: string, events: FileEvents): FileWorker {
  const worker = spare ?? startWorker();
  spare = null;
  const waiting = new Map<number, (outcome: Outcome<ShareGraph | SentTree>) => void>();
  let asked = 0;
  let isRead = false;

  const send = (message: ToFileWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const settle = (id: number, outcome: Outcome<ShareGraph | SentTree>) => {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  };
  const refuseAll = () => {
    for (const id of [...waiting.keys()]) settle(id, { ok: false, failure: GONE });
  };
  function ask<T extends ShareGraph | SentTree>(question: FileQuestion): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const id = asked++;
      // The kind of an answer is that of its question.
      waiting.set(id, resolve as (outcome: Outcome<ShareGraph | SentTree>) => void);
      send({ kind: "question", id, question });
    });
  }

  worker.onmessage = ({ data }: MessageEvent<FromFileWorker>) => {
    switch (data.kind) {
      case "reading":
        return events.onReading(data.bytes);
      case "decoding":
        return events.onDecoding();
      case "read":
        isRead = true;
        return events.onRead(data.facts, data.first);
      case "failed":
        worker.terminate();
        return events.onFailed(data.failure);
      case "answer":
        return settle(data.id, { ok: true, value: data.value });
      case "refused":
        return settle(data.id, { ok: false, failure: data.failure });
    }
  };
  // Out of memory, or its script did not come.
  worker.onerror = () => {
    worker.terminate();
    if (!isRead) events.onFailed(GONE);
    refuseAll();
  };
  send({ kind: "read", file, name });

  return {
    graph: (graph, mostNodes = USUAL_NODES) => ask({ kind: "graph", graph, mostNodes }),
    tree: (graph) => ask({ kind: "tree", graph }),
    difference: (graph, other, mostNodes = USUAL_NODES) => ask({ kind: "difference", graph, other, mostNodes }),
    close: () => {
      worker.terminate();
      refuseAll();
    },
  };
}
