// A shared file that is too large for the edge: decoded here, beside the page.
import type { ShareContent, ShareGraph } from "../../src/api/share.ts";
import { type FileWorker, openFile } from "../adhoc/file-worker.ts";

/** @returns why not, in words for people, when it can't be shown */
export async function contentOfResponse(response: Response): Promise<ShareContent | string> {
  const file = await response.blob();
  return new Promise((resolve) => {
    const worker: FileWorker = openFile(file, "", {
      onReading: () => {},
      onDecoding: () => {},
      onFailed: ({ message }) => resolve(`This file cannot be shown: ${message}.`),
      onRead: async ({ graphs: facts, notes }, first) => {
        const graphs: ShareGraph[] = [first];
        for (let at = 1; at < facts.length; at++) {
          const drawn = await worker.graph(at);
          if (drawn.ok) graphs.push(drawn.value);
        }
        worker.close();
        const layout = first.metadata.format === "double" ? "diff" : "single";
        resolve({ version: 1, layout, graphs, view: {}, notes: [...notes] });
      },
    });
  });
}
