// A share without data: its file is too large for the edge, and decoded here, beside the page; or there is nothing to show.
import type { ShareContent, ShareGraph } from "../../src/api/share.ts";
import { type FileWorker, openFile } from "../adhoc/file-worker.ts";

/**
 * @param refused what the server said when it was asked for the data
 * @returns why not, in words for people, when it can't be shown
 */
export async function contentWithoutData(path: string, refused: Response): Promise<ShareContent | string> {
  const original = refused.status === 404 ? await fetch(`${path}/original`) : null;
  if (original?.ok) return contentOfFile(original);
  const { message } = (await refused.json().catch(() => ({}))) as { message?: string };
  return message ?? "There is no flame graph here any more.";
}

async function contentOfFile(response: Response): Promise<ShareContent | string> {
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
