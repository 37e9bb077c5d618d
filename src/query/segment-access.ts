// Reads segments: heads from the catalog row, directories and blocks by range, the immutable rest from
// the isolate's cache.
import { corrupt } from "../lib/app-error.ts";
import { fromBase64 } from "../lib/base64.ts";
import { byteCache } from "../lib/byte-cache.ts";
import type { RungDirectory, SegmentHead } from "../segment/segment-format.ts";
import { blockRuns, blocksOfRun, readDirectory, readHead } from "../segment/segment-reader.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import type { SegmentStore } from "../storage/segment-store.ts";

/** A row with its head, where the catalog gave it. */
export interface SegmentRef extends CatalogSegment {
  readonly head: string | null;
}

const heads = byteCache<SegmentHead>(4 * 1024 * 1024);
const directories = byteCache<RungDirectory>(12 * 1024 * 1024);
const blocks = byteCache<Uint8Array>(12 * 1024 * 1024);

/** Blocks this near each other are fetched in one read: a request costs more than a few kilobytes. */
const GAP_BYTES = 32 * 1024;

/** Whether a head is here already. */
export const hasHead = (objectKey: string): boolean => heads.get(objectKey) !== undefined;

export async function segmentHead(store: SegmentStore, segment: SegmentRef): Promise<SegmentHead> {
  const found = heads.get(segment.objectKey);
  if (found !== undefined) return found;
  const bytes =
    segment.head !== null
      ? fromBase64(segment.head)
      : await store.read(segment.objectKey, segment.headOffset, segment.headLength);
  if (bytes === null) throw corrupt(`segment ${segment.objectKey} is missing`);
  const head = readHead(bytes);
  heads.set(segment.objectKey, head, bytes.length * 6 + 256);
  return head;
}

export async function rungDirectory(
  store: SegmentStore,
  segment: SegmentRef,
  head: SegmentHead,
  width: number,
): Promise<RungDirectory> {
  const key = `${segment.objectKey}@${width}`;
  const found = directories.get(key);
  if (found !== undefined) return found;
  const place = head.rungs.find((rung) => rung.width === width);
  if (place === undefined) throw corrupt(`segment ${segment.objectKey} has no rung of ${width} s`);
  const bytes = place.inline ?? (await store.read(segment.objectKey, place.directoryOffset, place.directoryLength));
  if (bytes === null) throw corrupt(`segment ${segment.objectKey} is missing`);
  const directory = readDirectory(bytes, head, place, segment.start);
  directories.set(key, directory, directory.start.length * 52 + 256);
  return directory;
}

/** The inflated blocks of a directory that are asked for, read in runs that lie close together. */
export async function readBlocks(
  store: SegmentStore,
  segment: SegmentRef,
  directory: RungDirectory,
  wanted: ReadonlySet<number>,
): Promise<(block: number) => Uint8Array> {
  const result = new Map<number, Uint8Array>();
  const missing = new Set<number>();
  for (const block of wanted) {
    const found = blocks.get(blockKey(segment, directory, block));
    if (found === undefined) missing.add(block);
    else result.set(block, found);
  }
  await Promise.all(
    blockRuns(directory, missing, GAP_BYTES).map(async (run) => {
      const bytes = await store.read(segment.objectKey, run.offset, run.length);
      if (bytes === null) throw corrupt(`segment ${segment.objectKey} is missing`);
      for (const [block, raw] of blocksOfRun(directory, run, bytes)) {
        blocks.set(blockKey(segment, directory, block), raw, raw.length);
        result.set(block, raw);
      }
    }),
  );
  return (block) => {
    const bytes = result.get(block);
    if (bytes === undefined) throw corrupt(`block ${block} of ${segment.objectKey} was not read`);
    return bytes;
  };
}

const blockKey = (segment: SegmentRef, directory: RungDirectory, block: number) =>
  `${segment.objectKey}@${directory.width}#${block}`;
