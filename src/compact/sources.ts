// The segments that a merged one is made from: their heads, where their series stand in the union of all, and how their
// nodes are called in the merged dictionary.
import { corrupt } from "../lib/app-error.ts";
import { renumbering } from "../profile/renumber.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { SegmentHead } from "../segment/segment-format.ts";
import { type SeriesIdentity, seriesKey, seriesOrder } from "../segment/segment-writer.ts";
import type { CatalogSegment, CatalogStretch } from "../storage/plan-reads.ts";
import type { SegmentReads, SegmentRef } from "../storage/segment-reads.ts";
import type { CompactionDictionaries } from "./dictionaries.ts";

export interface Source {
  readonly segment: SegmentRef;
  readonly head: SegmentHead;
  /** Place of its series in the union; -1 for those left out. */
  readonly placeOf: Int32Array;
  /** Its node ids become those of the merged dictionary, in place. */
  renumber(nodes: Int32Array): void;
  /** Whether it refers to the merged dictionary already. */
  readonly isMerged: boolean;
  /** What its object takes for one series, all rungs together. */
  readonly bytesPerSeries: number;
}

export interface Sources {
  /** In table order. */
  readonly series: readonly SeriesIdentity[];
  of(row: CatalogSegment): Source;
}

export interface OpenedSegment {
  readonly row: CatalogSegment;
  readonly segment: SegmentRef;
  readonly head: SegmentHead;
}

export async function openSegments(
  reads: Pick<SegmentReads, "head">,
  rows: readonly CatalogSegment[],
  heads: ReadonlyMap<string, string | null>,
): Promise<OpenedSegment[]> {
  const opened: OpenedSegment[] = [];
  for (const row of rows) {
    const segment = { ...row, head: heads.get(row.objectKey) ?? null };
    opened.push({ row, segment, head: await reads.head(segment) });
  }
  return opened;
}

/** @returns the dictionary of each row */
export async function openDictionaries(
  dictionaries: Pick<CompactionDictionaries, "read">,
  rows: readonly CatalogSegment[],
  stretches: readonly CatalogStretch[],
): Promise<(row: CatalogSegment) => StackDictionary> {
  const known = new Map<string, StackDictionary>();
  const nameOf = ({ dictShard, epoch }: CatalogSegment) => `${dictShard}/${epoch}`;
  for (const row of rows) {
    if (known.has(nameOf(row))) continue;
    known.set(nameOf(row), await dictionaries.read({ shard: row.dictShard, epoch: row.epoch }, stretches));
  }
  return (row) => {
    const dictionary = known.get(nameOf(row));
    if (dictionary === undefined) throw corrupt(`dictionary ${nameOf(row)} was not opened`);
    return dictionary;
  };
}

/**
 * @param keeps series of a row that are wanted
 * @param dictionaryOf of a row
 */
export function joinSources(
  opened: readonly OpenedSegment[],
  dictionaryOf: (row: CatalogSegment) => StackDictionary,
  merged: StackDictionary,
  keeps: (series: SeriesIdentity, row: CatalogSegment) => boolean = () => true,
): Sources {
  const union = new Map<string, SeriesIdentity>();
  const keysOf = opened.map(({ head, row }) =>
    head.series.map(({ type, labels }) => {
      const identity = { typeId: head.types[type] ?? "", labels };
      if (!keeps(identity, row)) return null;
      const key = seriesKey(identity);
      if (!union.has(key)) union.set(key, identity);
      return key;
    }),
  );
  const unsorted = [...union.values()];
  const series = seriesOrder(unsorted).flatMap((i) => unsorted[i] ?? []);
  const places = new Map(series.map((one, place) => [seriesKey(one), place]));
  // Rows of one dictionary share what is known of it.
  const renumberings = new Map<StackDictionary, ReturnType<typeof renumbering>>();
  const sources = new Map<CatalogSegment, Source>();
  for (const [i, { row, segment, head }] of opened.entries()) {
    const dictionary = dictionaryOf(row);
    const known = renumberings.get(dictionary) ?? renumbering(dictionary, merged);
    renumberings.set(dictionary, known);
    sources.set(row, {
      segment,
      head,
      placeOf: Int32Array.from(keysOf[i] ?? [], (key) => (key === null ? -1 : (places.get(key) ?? -1))),
      renumber: known.apply,
      isMerged: dictionary === merged,
      bytesPerSeries: row.objectBytes / Math.max(1, head.series.length),
    });
  }
  return {
    series,
    of(row) {
      const source = sources.get(row);
      if (source === undefined) throw corrupt(`segment ${row.objectKey} was not opened`);
      return source;
    },
  };
}

/**
 * Which series of a source stand at these places of the union.
 * @returns null when it has none of them
 */
export function wantedSeries({ placeOf }: Source, { from, until }: { from: number; until: number }): Uint8Array | null {
  const wanted = Uint8Array.from(placeOf, (place) => (place >= from && place < until ? 1 : 0));
  return wanted.includes(1) ? wanted : null;
}
