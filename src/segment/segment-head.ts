// The head of a segment (segment-format.ts): its types, series, tiles, and where each rung's tiles lie.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { pack, unpack } from "../lib/packed.ts";
import type { LabelSet } from "../profile/labels.ts";
import {
  HEAD_VERSION_2,
  INLINE,
  type RungPlace,
  type SegmentHead,
  type SegmentSeries,
  type Tile,
  type TilePlace,
  TOTALS_ONLY,
} from "./segment-format.ts";
import type { SeriesIdentity } from "./segment-writer.ts";

/** Our own heads are small; this only keeps a damaged one from filling the isolate. */
const MOST_BYTES = 64 * 1024 * 1024;

const TO_UTF8 = new TextEncoder();
const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export interface PlacedRung {
  readonly width: number;
  readonly totalsOnly: boolean;
  readonly isInline: boolean;
  readonly blocksOffset: number;
  readonly directoriesOffset: number;
  /** One for each tile; an empty directory where nothing is. */
  readonly tiles: readonly { readonly blocksLength: number; readonly directory: Uint8Array }[];
  /** One for each type of several tiles, in the order of types. */
  readonly sums: readonly Uint8Array[];
}

/** First tiles of the types that have several: their sums are kept as well. */
export function firstOfSeveral<T extends Tile>(typeAt: (series: number) => unknown, tiles: readonly T[]): T[] {
  const sameType = (a: T | undefined, b: T | undefined) =>
    a !== undefined && b !== undefined && typeAt(a.from) === typeAt(b.from);
  return tiles.filter((tile, t) => !sameType(tile, tiles[t - 1]) && sameType(tile, tiles[t + 1]));
}

export function writeHead(
  series: readonly SeriesIdentity[],
  tiles: readonly Tile[],
  rungs: readonly PlacedRung[],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64 * 1024);
  writeSeries(out, series);
  out.varint(tiles.length);
  for (const { from, until } of tiles) out.varint(until - from);
  out.varint(rungs.length);
  for (const rung of rungs) {
    out.varint(rung.width);
    out.byte((rung.totalsOnly ? TOTALS_ONLY : 0) | (rung.isInline ? INLINE : 0));
    out.varint(rung.blocksOffset);
    out.varint(rung.directoriesOffset);
    for (const { blocksLength, directory } of rung.tiles) {
      out.varint(blocksLength);
      out.varint(directory.length);
      if (rung.isInline) out.raw(directory);
    }
    for (const directory of rung.sums) {
      out.varint(directory.length);
      if (rung.isInline) out.raw(directory);
    }
  }
  const packed = pack(out.finish());
  const head = new Uint8Array(packed.length + 1);
  head[0] = HEAD_VERSION_2;
  head.set(packed, 1);
  return head;
}

function writeSeries(out: ByteWriter, series: readonly SeriesIdentity[]): void {
  const texts = new Map<string, number>();
  const textOf = (text: string) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const sets = new Map<string, number>();
  const setBytes = new ByteWriter(4096);
  const lastValue = new Map<number, number>();
  const setOf = (labels: LabelSet) => {
    const key = JSON.stringify(labels);
    const known = sets.get(key);
    if (known !== undefined) return known;
    setBytes.varint(labels.length);
    for (const [name, value] of labels) {
      const nameAt = textOf(name);
      const valueAt = textOf(value);
      setBytes.varint(nameAt);
      setBytes.varint(zigzag(valueAt - (lastValue.get(nameAt) ?? 0)));
      lastValue.set(nameAt, valueAt);
    }
    sets.set(key, sets.size);
    return sets.size - 1;
  };
  const types = new ByteWriter(4096);
  let typeCount = 0;
  for (let from = 0; from < series.length; ) {
    const { typeId } = series[from]!;
    let until = from + 1;
    while (until < series.length && series[until]!.typeId === typeId) until++;
    types.text(typeId);
    types.varint(until - from);
    let last = -1;
    for (; from < until; from++) {
      const set = setOf(series[from]!.labels);
      types.varint(zigzag(set - last));
      last = set;
    }
    typeCount++;
  }
  writeTexts(out, texts.keys(), texts.size);
  out.varint(sets.size);
  out.raw(setBytes.finish());
  out.varint(typeCount);
  out.raw(types.finish());
}

/** Of version 2; the version byte has been looked at. */
export function readHeadV2(bytes: Uint8Array): SegmentHead {
  const reader = new ByteReader(unpack(bytes.subarray(1), MOST_BYTES));
  const { types, series } = readSeries(reader);
  const tiles: Tile[] = [];
  let from = 0;
  for (let left = reader.count(); left > 0; left--) {
    const until = from + reader.int();
    tiles.push({ from, until });
    from = until;
  }
  if (from !== series.length) throw corrupt(`tiles of ${from} series, there are ${series.length}`);
  const rungs: RungPlace[] = [];
  for (let left = reader.count(4); left > 0; left--) rungs.push(readRung(reader, series, tiles));
  return { version: 2, types, series, rungs };
}

/** Names of pods differ in their ends: each text says how many bytes it begins with of the one before. */
function writeTexts(out: ByteWriter, texts: Iterable<string>, count: number): void {
  out.varint(count);
  let previous: Uint8Array = new Uint8Array(0);
  for (const text of texts) {
    const bytes = TO_UTF8.encode(text);
    let shared = 0;
    while (shared < bytes.length && bytes[shared] === previous[shared]) shared++;
    out.varint(shared);
    out.blob(bytes.subarray(shared));
    previous = bytes;
  }
}

function readTexts(reader: ByteReader): string[] {
  const bytes = new ByteWriter(reader.left * 2);
  const ends: number[] = [];
  let start = 0;
  for (let left = reader.count(2); left > 0; left--) {
    const shared = reader.int();
    const rest = reader.blob();
    const end = bytes.length;
    if (shared > end - start || end + shared > MOST_BYTES) throw corrupt(`a text that shares ${shared} bytes`);
    bytes.raw(bytes.view().subarray(start, start + shared));
    bytes.raw(rest);
    ends.push(bytes.length);
    start = end;
  }
  const all = bytes.view();
  // One call for all: the decoder costs more for a short text than the text. Where all is ASCII, units are bytes.
  const text = UTF8.decode(all);
  return ends.map((end, i) => {
    const from = ends[i - 1] ?? 0;
    return text.length === all.length ? text.slice(from, end) : UTF8.decode(all.subarray(from, end));
  });
}

function readSeries(reader: ByteReader): { types: string[]; series: SegmentSeries[] } {
  const texts = readTexts(reader);
  const sets: LabelSet[] = [];
  const lastValue = new Int32Array(texts.length);
  for (let left = reader.count(); left > 0; left--) {
    const labels: [string, string][] = [];
    for (let pairs = reader.count(2); pairs > 0; pairs--) {
      const nameAt = reader.int();
      const valueAt = (lastValue[nameAt] ?? 0) + unzigzag(reader.int());
      const name = texts[nameAt];
      const value = texts[valueAt];
      if (name === undefined || value === undefined)
        throw corrupt(`label ${nameAt}=${valueAt} of ${texts.length} texts`);
      lastValue[nameAt] = valueAt;
      labels.push([name, value]);
    }
    sets.push(labels);
  }
  const types: string[] = [];
  const series: SegmentSeries[] = [];
  for (let left = reader.count(2); left > 0; left--) {
    const type = types.length;
    types.push(reader.text());
    let set = -1;
    for (let count = reader.count(); count > 0; count--) {
      set += unzigzag(reader.int());
      const labels = sets[set];
      if (labels === undefined) throw corrupt(`label set ${set} of ${sets.length}`);
      series.push({ type, labels });
    }
  }
  return { types, series };
}

function readRung(reader: ByteReader, series: readonly SegmentSeries[], tiles: readonly Tile[]): RungPlace {
  const width = reader.int();
  if (width === 0) throw corrupt("a rung of 0 s");
  const flags = reader.byte();
  let blocksOffset = reader.varint();
  let directoryOffset = reader.varint();
  const readPlace = ({ from, until }: Tile, isSums: boolean, blocksLength: number): TilePlace => {
    const directoryLength = reader.int();
    const inline = (flags & INLINE) !== 0 ? reader.take(directoryLength) : null;
    const place = { from, until, isSums, blocksOffset, directoryOffset, directoryLength, inline };
    blocksOffset += blocksLength;
    directoryOffset += directoryLength;
    return place;
  };
  const places = tiles.map((tile) => readPlace(tile, false, reader.varint()));
  const typeAt = (place: number) => series[place]?.type ?? 0;
  const firsts = firstOfSeveral(typeAt, tiles);
  const sums = new Map(firsts.map(({ from }) => [typeAt(from), readPlace({ from, until: from + 1 }, true, 0)]));
  return { width, totalsOnly: (flags & TOTALS_ONLY) !== 0, tiles: places, sums };
}

const zigzag = (step: number): number => (step < 0 ? -2 * step - 1 : 2 * step);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
