// What an object keeps on its heap: the stack dictionary and the series table. All of it is a cache
// of rows: an eviction loses nothing, and an error half-way through a change throws it away.
import { corrupt } from "../lib/app-error.ts";
import { applyDictionary, encodeDictionary } from "../profile/dictionary-codec.ts";
import { type LabelSet, labelKey } from "../profile/labels.ts";
import { type DictionarySize, StackDictionary } from "../profile/stack-dictionary.ts";
import { VectorSum } from "../segment/vector-sum.ts";
import type { ObjectTables } from "./object-tables.ts";

export interface LiveSeries {
  readonly id: number;
  readonly typeId: string;
  readonly labels: LabelSet;
}

export interface LiveState {
  readonly dictionary: StackDictionary;
  /** Series by id; id 0 is not used. */
  series(id: number): LiveSeries;
  allSeries(): Iterable<LiveSeries>;
  internSeries(typeId: string, labels: LabelSet): number;
  /** Writes what became known since the last call. Must run in the transaction that needs it. */
  persist(): void;
  /** Whether a new dictionary and series table should be begun. */
  readonly isFull: boolean;
  /** An empty accumulator over the whole dictionary. */
  vectorSum(): VectorSum;
}

/** Where an epoch ends: dictionary and series must fit the heap beside everything else, and an RPC when encoded. */
const EPOCH_NODES = 750_000;
const EPOCH_BYTES = 40 * 1024 * 1024;
const EPOCH_SERIES = 50_000;

/** Many small stretches make a cold start slow: above this they are written as one. */
const MOST_STRETCHES = 64;

export function loadLiveState(tables: ObjectTables): LiveState {
  const dictionary = new StackDictionary(4096);
  for (const { bytes } of tables.readDictionary()) applyDictionary(dictionary, bytes);
  let persisted: DictionarySize = dictionary.size;

  const series: (LiveSeries | undefined)[] = [undefined];
  const known = new Map<string, number>();
  for (const row of tables.readSeries()) {
    const labels = JSON.parse(row.labels) as LabelSet;
    series[row.id] = { id: row.id, typeId: row.typeId, labels };
    known.set(`${row.typeId}\u0002${labelKey(labels)}`, row.id);
  }
  let persistedSeries = series.length;
  let accumulator: VectorSum | null = null;

  return {
    dictionary,
    get isFull() {
      return (
        dictionary.nodes.count > EPOCH_NODES || dictionary.byteLength > EPOCH_BYTES || series.length > EPOCH_SERIES
      );
    },
    series(id) {
      const one = series[id];
      if (one === undefined) throw corrupt(`series ${id} is not known`);
      return one;
    },
    *allSeries() {
      for (const one of series) if (one !== undefined) yield one;
    },
    internSeries(typeId, labels) {
      const key = `${typeId}\u0002${labelKey(labels)}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const id = series.length;
      series[id] = { id, typeId, labels };
      known.set(key, id);
      return id;
    },
    persist() {
      const size = dictionary.size;
      if (size.nodes !== persisted.nodes || size.strings !== persisted.strings || size.frames !== persisted.frames) {
        if (tables.countDictionaryRows() >= MOST_STRETCHES) {
          tables.clearDictionary();
          tables.insertDictionary(encodeDictionary(dictionary));
        } else {
          tables.insertDictionary(encodeDictionary(dictionary, persisted, size));
        }
        persisted = size;
      }
      for (const one of series.slice(persistedSeries)) {
        if (one !== undefined) tables.insertSeries(one.id, one.typeId, JSON.stringify(one.labels));
      }
      persistedSeries = series.length;
    },
    vectorSum() {
      const nodes = dictionary.nodes.count;
      if (accumulator === null || accumulator.nodes < nodes)
        accumulator = new VectorSum(Math.ceil(nodes * 1.25) + 1024);
      return accumulator;
    },
  };
}
