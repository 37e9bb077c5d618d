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

export interface PlacedRung {
  readonly width: number;
  readonly totalsOnly: boolean;
  readonly isInline: boolean;
  readonly blocksOffset: number;
  readonly directoriesOffset: number;
  /** One for each tile; an empty directory where nothing is. */
  readonly tiles: readonly { readonly blocksLength: number; readonly directory: Uint8Array }[];
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
  out.varint(texts.size);
  for (const text of texts.keys()) out.text(text);
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
  for (let left = reader.count(4); left > 0; left--) rungs.push(readRung(reader, tiles));
  return { version: 2, types, series, rungs };
}

function readSeries(reader: ByteReader): { types: string[]; series: SegmentSeries[] } {
  const texts = Array.from({ length: reader.count() }, () => reader.text());
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

function readRung(reader: ByteReader, tiles: readonly Tile[]): RungPlace {
  const width = reader.int();
  if (width === 0) throw corrupt("a rung of 0 s");
  const flags = reader.byte();
  let blocksOffset = reader.varint();
  let directoryOffset = reader.varint();
  const places = tiles.map(({ from, until }): TilePlace => {
    const blocksLength = reader.varint();
    const directoryLength = reader.int();
    const inline = (flags & INLINE) !== 0 ? reader.take(directoryLength) : null;
    const place = { from, until, blocksOffset, directoryOffset, directoryLength, inline };
    blocksOffset += blocksLength;
    directoryOffset += directoryLength;
    return place;
  });
  return { width, totalsOnly: (flags & TOTALS_ONLY) !== 0, tiles: places };
}

const zigzag = (step: number): number => (step < 0 ? -2 * step - 1 : 2 * step);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
