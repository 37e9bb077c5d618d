// Writes a merged segment: reads the vectors of a few series from every source, adds them up node by node in the merged
// dictionary, makes the wider nodes from the narrower, and goes on to the next few.
import { ByteWriter } from "../lib/byte-writer.ts";
import type { PlannedNodes } from "../segment/cover-plan.ts";
import { floorTo } from "../segment/ladder.ts";
import type { Tile } from "../segment/segment-format.ts";
import {
  type SegmentEntry,
  type SegmentObject,
  type SegmentWriter,
  segmentWriter,
  tilesOf,
} from "../segment/segment-writer.ts";
import type { VectorSum } from "../segment/vector-sum.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import type { SegmentReads } from "../storage/segment-reads.ts";
import { type Source, type Sources, wantedSeries } from "./sources.ts";
import { writeTotals } from "./weave-totals.ts";

/** What a segment is made of. */
export interface WeavePlan {
  /** Unix seconds. */
  readonly start: number;
  /** Rungs with stacks, finest first. */
  readonly rungs: readonly number[];
  /** What each node of the finest rung is the sum of. */
  readonly nodes: readonly { readonly start: number; readonly from: readonly PlannedNodes<CatalogSegment>[] }[];
  readonly totals: { readonly width: number; readonly from: readonly PlannedNodes<CatalogSegment>[] } | null;
}

export interface WeaveTools {
  readonly reads: SegmentReads;
  readonly sources: Sources;
  readonly sum: VectorSum;
}

/** Packed bytes of the sources that are read before anything is written: what they hold inflated is some five times that. */
const GROUP_BYTES = 4 * 1024 * 1024;
/** Sums of a timeline that are held apart. */
const GROUP_SUMS = 300_000;
/** Packed bytes that a piece's sources may have: its object is smaller. */
const PIECE_BYTES = 16 * 1024 * 1024;

/** @returns runs of the series table that become an object each */
export function piecesOf({ sources }: WeaveTools, plan: WeavePlan): { from: number; until: number }[] {
  const { series } = sources;
  const bytes = bytesBySeries(sources, plan);
  const pieces: { from: number; until: number }[] = [];
  for (let from = 0; from < series.length; ) {
    let until = from + 1;
    let inPiece = bytes[from] ?? 0;
    for (; until < series.length && inPiece + (bytes[until] ?? 0) <= PIECE_BYTES; until++) inPiece += bytes[until] ?? 0;
    pieces.push({ from, until });
    from = until;
  }
  return pieces;
}

/** What the sources hold of each series: an estimate. */
function bytesBySeries(sources: Sources, plan: WeavePlan): Float64Array {
  const bytes = new Float64Array(sources.series.length);
  for (const row of new Set(plan.nodes.flatMap(({ from }) => from.map((one) => one.row)))) {
    const { placeOf, bytesPerSeries } = sources.of(row);
    for (const place of placeOf) if (place >= 0) bytes[place] = (bytes[place] ?? 0) + bytesPerSeries;
  }
  return bytes;
}

/** @returns null when the series have nothing in any node */
export async function weave(
  tools: WeaveTools,
  plan: WeavePlan,
  piece: { from: number; until: number },
): Promise<SegmentObject | null> {
  const series = tools.sources.series.slice(piece.from, piece.until);
  const tiles = tilesOf(series);
  const shapes = plan.rungs.map((width) => ({ width, totalsOnly: false }));
  const totals = plan.totals === null ? [] : [{ width: plan.totals.width, totalsOnly: true }];
  const writer = segmentWriter(series, plan.start, [...totals, ...shapes], tiles);
  let isEmpty = true;
  for (const group of groupsOf(tools.sources, plan, piece, tiles)) {
    const cells = await readCells(tools, plan, { from: piece.from + group.from, until: piece.from + group.until });
    if (cells.size > 0) isEmpty = false;
    for (const tile of group.tiles) writeTile(tools.sum, plan, writer, { tile, at: piece.from }, cells);
    if (plan.totals !== null) await writeTotals(tools, plan.totals, writer, { group, at: piece.from, series });
  }
  return isEmpty ? null : writer.finish();
}

/** Tiles that are read together, and the run of the piece's table that they are. */
export interface TileGroup {
  readonly from: number;
  readonly until: number;
  readonly tiles: readonly Tile[];
}

function groupsOf(sources: Sources, plan: WeavePlan, piece: { from: number }, tiles: readonly Tile[]): TileGroup[] {
  const bytes = bytesBySeries(sources, plan);
  const sumsPerSeries = plan.totals === null ? 0 : Math.max(...plan.rungs) / plan.totals.width;
  const groups: { from: number; until: number; tiles: Tile[]; bytes: number }[] = [];
  for (const tile of tiles) {
    const more = bytes.subarray(piece.from + tile.from, piece.from + tile.until).reduce((a, b) => a + b, 0);
    const last = groups.at(-1);
    if (
      last !== undefined &&
      last.bytes + more <= GROUP_BYTES &&
      (tile.until - last.from) * sumsPerSeries <= GROUP_SUMS
    ) {
      last.tiles.push(tile);
      last.bytes += more;
      last.until = tile.until;
    } else groups.push({ ...tile, tiles: [tile], bytes: more });
  }
  return groups;
}

/** A vector of a source. */
interface Part {
  readonly source: Source;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly uploads: number;
  readonly low: number;
  readonly high: number;
}

/** By series' place in the union: by node of the finest rung: what adds up to it. */
type Cells = ReadonlyMap<number, readonly (readonly Part[] | undefined)[]>;

async function readCells(
  { reads, sources }: WeaveTools,
  { nodes }: WeavePlan,
  range: { from: number; until: number },
): Promise<Cells> {
  const cells = new Map<number, Part[][]>();
  for (const [source, byWidth] of wantedNodes(sources, nodes)) {
    const wanted = wantedSeries(source, range);
    if (wanted === null) continue;
    for (const [width, nodeOf] of byWidth) {
      await reads.nodes(source.segment, source.head, width, new Set(nodeOf.keys()), wanted, (entry) => {
        const place = source.placeOf[entry.series] ?? -1;
        let row = cells.get(place);
        if (row === undefined) {
          row = [];
          cells.set(place, row);
        }
        const node = nodeOf.get(entry.start) ?? -1;
        const { bytes, at, end, uploads, totalLow: low, totalHigh: high } = entry;
        const part = { source, bytes, at, end, uploads, low, high };
        const parts = row[node];
        if (parts === undefined) row[node] = [part];
        else parts.push(part);
      });
    }
  }
  return cells;
}

/** By source: by width: start of a node to read → index of the output's node it is part of. */
function wantedNodes(sources: Sources, nodes: WeavePlan["nodes"]): Map<Source, Map<number, Map<number, number>>> {
  const wanted = new Map<Source, Map<number, Map<number, number>>>();
  for (const [i, { from }] of nodes.entries()) {
    for (const planned of from) {
      const source = sources.of(planned.row);
      const byWidth = wanted.get(source) ?? new Map<number, Map<number, number>>();
      wanted.set(source, byWidth);
      for (const [width, starts] of planned.nodes) {
        const nodeOf = byWidth.get(width) ?? new Map<number, number>();
        byWidth.set(width, nodeOf);
        for (const start of starts) nodeOf.set(start, i);
      }
    }
  }
  return wanted;
}

function writeTile(
  sum: VectorSum,
  { rungs, nodes }: WeavePlan,
  writer: SegmentWriter,
  { tile, at }: { tile: Tile; at: number },
  cells: Cells,
): void {
  const out = new ByteWriter(4096);
  let entries: SegmentEntry[] = [];
  for (const [i, { start }] of nodes.entries()) {
    for (let series = tile.from; series < tile.until; series++) {
      const parts = cells.get(at + series)?.[i];
      if (parts !== undefined) entries.push({ series, start, ...addParts(sum, parts, out) });
    }
  }
  for (const [k, width] of rungs.entries()) {
    if (k > 0) entries = widen(sum, entries, width, out);
    writer.addTile(width, tile, entries);
  }
}

type Summed = Pick<SegmentEntry, "uploads" | "total" | "vector">;

function addParts(sum: VectorSum, parts: readonly Part[], out: ByteWriter): Summed {
  const [first] = parts;
  if (parts.length === 1 && first?.source.isMerged === true) {
    const { bytes, at, end, uploads, low, high } = first;
    return { uploads, total: { lo: low, hi: high }, vector: bytes.subarray(at, end) };
  }
  let uploads = 0;
  for (const part of parts) {
    sum.addRenumbered(part.bytes, part.at, part.end, part.source.renumber);
    uploads += part.uploads;
  }
  out.reset();
  const total = sum.flush(out);
  return { uploads, total, vector: out.finish() };
}

/** Entries of a rung, added up to those of a wider one. */
function widen(sum: VectorSum, entries: readonly SegmentEntry[], width: number, out: ByteWriter): SegmentEntry[] {
  const widened: SegmentEntry[] = [];
  for (const [start, ofNode] of Map.groupBy(entries, (entry) => floorTo(width, entry.start))) {
    const bySeries = Map.groupBy(ofNode, (entry) => entry.series);
    for (const [series, list] of [...bySeries].sort(([a], [b]) => a - b)) {
      const [only] = list;
      if (list.length === 1 && only !== undefined) {
        widened.push({ ...only, start });
        continue;
      }
      let uploads = 0;
      for (const entry of list) {
        sum.addEncoded(entry.vector, 0, entry.vector.length);
        uploads += entry.uploads;
      }
      out.reset();
      const total = sum.flush(out);
      widened.push({ series, start, uploads, total, vector: out.finish() });
    }
  }
  return widened;
}
