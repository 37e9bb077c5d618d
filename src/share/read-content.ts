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
  if (object === null) return null;
  const text = await new Response(object.body.pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as ShareContent;
}
