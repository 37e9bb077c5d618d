// A stretch of a stack dictionary, read whole from R2.
import { corrupt } from "../lib/app-error.ts";
import { inflate } from "../lib/deflate.ts";
import type { CatalogStretch } from "./plan-reads.ts";
import type { SegmentStore } from "./segment-store.ts";

/** Inflated. An epoch ends before it. */
export const MOST_STRETCH_BYTES = 64 * 1024 * 1024;

/** @returns what applyDictionary takes @throws AppError corrupt_storage when it is not there */
export async function readStretch(store: SegmentStore, { objectKey }: CatalogStretch): Promise<Uint8Array> {
  const bytes = await store.readAll(objectKey);
  if (bytes === null) throw corrupt(`dictionary stretch ${objectKey} is missing`);
  return inflate(bytes, MOST_STRETCH_BYTES);
}
