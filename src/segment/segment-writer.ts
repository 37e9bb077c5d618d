// Builds a segment object (segment-format.ts) from vectors that arrive in directory order.
import { ByteWriter } from "../lib/byte-writer.ts";
import { deflate } from "../lib/deflate.ts";
import type { LabelSet } from "../profile/labels.ts";
import { BLOCK_BYTES, INLINE_BYTES, type RungPlace, SEGMENT_MAGIC } from "./segment-format.ts";
import type { WideTotal } from "./vector.ts";

export interface SegmentEntry {
  /** Place in the segment's series table. */
  readonly series: number;
  /** Unix seconds, a multiple of the rung's width. */
  readonly start: number;
  readonly uploads: number;
  readonly total: WideTotal;
  readonly vector: Uint8Array;
}

export interface SeriesIdentity {
  readonly typeId: string;
  readonly labels: LabelSet;
}

export interface SegmentObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
}

/** Sorts series for the table: by type id, then labels. Returns the order of the given indexes. */
export function seriesOrder(series: readonly SeriesIdentity[]): number[] {
  const keys = series.map(({ typeId, labels }) => `${typeId}\u0000${JSON.stringify(labels)}`);
  return series.map((_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

/**
 * @param series in table order (seriesOrder)
 * @param rungs finest first; `entries(type)` yields that type's entries by start, then series
 */
export function writeSegment(
  series: readonly SeriesIdentity[],
  segmentStart: number,
  rungs: readonly { width: number; entries(typeId: string): Iterable<SegmentEntry> }[],
): SegmentObject {
  const types = [...new Set(series.map((one) => one.typeId))];
  const body = new ByteWriter(256 * 1024);
  body.raw(SEGMENT_MAGIC);
  const directories: Uint8Array[] = [];
  const places: { width: number; blocksOffset: number }[] = [];
  for (const rung of rungs) {
    places.push({ width: rung.width, blocksOffset: body.length });
    directories.push(writeRung(body, types, segmentStart, rung));
  }
  const inline = new Set<number>();
  let inlineBytes = 0;
  for (let k = rungs.length - 1; k >= 0; k--) {
    inlineBytes += directories[k]!.length;
    if (inlineBytes > INLINE_BYTES) break;
    inline.add(k);
  }
  const rungPlaces: RungPlace[] = places.map((place, k) => {
    const directory = directories[k]!;
    const directoryOffset = body.length;
    body.raw(directory);
    return { ...place, directoryOffset, directoryLength: directory.length, inline: inline.has(k) ? directory : null };
  });
  const head = deflate(writeHead(types, series, rungPlaces));
  body.raw(head);
  body.raw(new Uint8Array(Uint32Array.of(head.length).buffer));
  body.raw(SEGMENT_MAGIC);
  return { bytes: body.finish(), head };
}

interface ListedEntry {
  readonly series: number;
  readonly uploads: number;
  readonly total: WideTotal;
  readonly length: number;
}

function writeRung(
  body: ByteWriter,
  types: readonly string[],
  segmentStart: number,
  rung: { width: number; entries(typeId: string): Iterable<SegmentEntry> },
): Uint8Array {
  const listing = new ByteWriter(4096);
  const blocks: { compressed: number; raw: number }[] = [];
  const block = new ByteWriter(BLOCK_BYTES * 2);
  const close = () => {
    if (block.length === 0) return;
    const compressed = deflate(block.finish());
    blocks.push({ compressed: compressed.length, raw: block.length });
    body.raw(compressed);
    block.reset();
  };
  for (const typeId of types) {
    const slots: { start: number; entries: ListedEntry[] }[] = [];
    for (const entry of rung.entries(typeId)) {
      let slot = slots.at(-1);
      if (slot?.start !== entry.start) {
        slot = { start: entry.start, entries: [] };
        slots.push(slot);
      }
      // The vector goes to its block now: only sums are kept until the directory is written.
      block.raw(entry.vector);
      const { series, uploads, total } = entry;
      slot.entries.push({ series, uploads, total, length: entry.vector.length });
      if (block.length >= BLOCK_BYTES) close();
    }
    close();
    listing.varint(slots.length);
    let previousStart = segmentStart;
    for (const slot of slots) {
      listing.varint((slot.start - previousStart) / rung.width);
      previousStart = slot.start;
      listing.varint(slot.entries.length);
      let previousSeries = 0;
      for (const entry of slot.entries) {
        listing.varint(entry.series - previousSeries);
        previousSeries = entry.series;
        listing.varint(entry.uploads);
        listing.wide(entry.total.lo, entry.total.hi);
        listing.varint(entry.length);
      }
    }
  }
  const out = new ByteWriter(listing.length + blocks.length * 6 + 8);
  out.varint(blocks.length);
  for (const { compressed, raw } of blocks) {
    out.varint(compressed);
    out.varint(raw);
  }
  out.raw(listing.finish());
  return deflate(out.finish());
}

function writeHead(
  types: readonly string[],
  series: readonly SeriesIdentity[],
  rungs: readonly RungPlace[],
): Uint8Array {
  const out = new ByteWriter(4096);
  out.varint(types.length);
  for (const type of types) out.text(type);
  const typeIndex = new Map(types.map((id, i) => [id, i]));
  out.varint(series.length);
  for (const { typeId, labels } of series) {
    out.varint(typeIndex.get(typeId)!);
    out.varint(labels.length);
    for (const [name, value] of labels) {
      out.text(name);
      out.text(value);
    }
  }
  out.varint(rungs.length);
  for (const rung of rungs) {
    out.varint(rung.width);
    out.varint(rung.blocksOffset);
    out.varint(rung.directoryOffset);
    out.varint(rung.directoryLength);
    out.byte(rung.inline === null ? 0 : 1);
    if (rung.inline !== null) out.raw(rung.inline);
  }
  return out.finish();
}
