// Reads the parts of a segment object (segment-format.ts). Nothing here fetches: bytes come in.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { inflate } from "../lib/deflate.ts";
import type { RungDirectory, RungPlace, SegmentHead, SegmentSeries } from "./segment-format.ts";

/** Our own directories are small; this only keeps a damaged one from filling the isolate. */
const MOST_BYTES = 64 * 1024 * 1024;

export function readHead(deflated: Uint8Array): SegmentHead {
  const reader = new ByteReader(inflate(deflated, MOST_BYTES));
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(reader.text());
  const series: SegmentSeries[] = [];
  for (let left = reader.count(2); left > 0; left--) {
    const type = reader.int();
    if (type >= types.length) throw corrupt(`series of type ${type} of ${types.length}`);
    const labels: [string, string][] = [];
    for (let pairs = reader.count(2); pairs > 0; pairs--) labels.push([reader.text(), reader.text()]);
    series.push({ type, labels });
  }
  const rungs: RungPlace[] = [];
  for (let left = reader.count(5); left > 0; left--) {
    const width = reader.int();
    const blocksOffset = reader.varint();
    const directoryOffset = reader.varint();
    const directoryLength = reader.int();
    const inline = reader.byte() === 1 ? reader.take(directoryLength) : null;
    rungs.push({ width, blocksOffset, directoryOffset, directoryLength, inline });
  }
  return { types, series, rungs };
}

/** @param segmentStart unix seconds */
export function readDirectory(
  deflated: Uint8Array,
  head: SegmentHead,
  place: RungPlace,
  segmentStart: number,
): RungDirectory {
  const bytes = inflate(deflated, MOST_BYTES);
  const reader = new ByteReader(bytes);
  const blocks = reader.count(2);
  const blockOffset = new Float64Array(blocks);
  const blockLength = new Int32Array(blocks);
  const blockRawLength = new Int32Array(blocks);
  let offset = place.blocksOffset;
  for (let b = 0; b < blocks; b++) {
    blockOffset[b] = offset;
    blockLength[b] = reader.int();
    blockRawLength[b] = reader.int();
    offset += blockLength[b]!;
  }
  // An entry takes at least four bytes.
  const most = (reader.left >> 2) + 1;
  const start = new Float64Array(most);
  const series = new Int32Array(most);
  const uploads = new Float64Array(most);
  const totalLow = new Float64Array(most);
  const totalHigh = new Float64Array(most);
  const block = new Int32Array(most);
  const at = new Int32Array(most);
  const length = new Int32Array(most);
  let count = 0;
  let inBlock = 0;
  let blockAt = 0;
  for (let type = 0; type < head.types.length; type++) {
    let slotStart = segmentStart;
    for (let slots = reader.count(2); slots > 0; slots--) {
      slotStart += reader.int() * place.width;
      let id = 0;
      for (let entries = reader.count(4); entries > 0; entries--) {
        id += reader.int();
        if (id >= head.series.length) throw corrupt(`entry of series ${id} of ${head.series.length}`);
        start[count] = slotStart;
        series[count] = id;
        uploads[count] = reader.int();
        reader.wide();
        totalLow[count] = reader.lo;
        totalHigh[count] = reader.hi;
        const size = reader.int();
        if (blockAt === blockRawLength[inBlock]) {
          inBlock++;
          blockAt = 0;
        }
        if (inBlock >= blocks || blockAt + size > blockRawLength[inBlock]!) throw corrupt("vector across blocks");
        block[count] = inBlock;
        at[count] = blockAt;
        length[count] = size;
        blockAt += size;
        count++;
      }
    }
  }
  return {
    width: place.width,
    count,
    start,
    series,
    uploads,
    totalLow,
    totalHigh,
    block,
    at,
    length,
    blockOffset,
    blockLength,
    blockRawLength,
  };
}

export function readBlock(deflated: Uint8Array, rawLength: number): Uint8Array {
  const bytes = inflate(deflated, rawLength);
  if (bytes.length !== rawLength) throw corrupt(`block inflates to ${bytes.length} of ${rawLength} bytes`);
  return bytes;
}
