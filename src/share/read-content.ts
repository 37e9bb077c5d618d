// The document of a share, out of the bucket.
import type { ShareContent } from "../api/share.ts";
import { type ShareRow, sharePrefix } from "../storage/shares.ts";
import { DATA_OBJECT } from "./create-share.ts";

/** @returns null when there is none: the file is too large to be decoded here, or the share was just deleted */
export async function readContent(
  bucket: R2Bucket,
  row: Pick<ShareRow, "tenantId" | "key">,
): Promise<ShareContent | null> {
  const object = await bucket.get(sharePrefix(row) + DATA_OBJECT);
  return object === null ? null : parseContent(object.body);
}

/** What createShare and live embeds have stored. */
export async function parseContent(stored: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ShareContent> {
  const text = await new Response(stored.pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as ShareContent;
}
