// The distinct string labels of a pprof's samples. A label that can't be kept is dropped and noted;
// it never costs the profile.
import { tooLarge } from "../../lib/app-error.ts";
import { TupleTable } from "../../lib/tuple-table.ts";
import { LabelDrops } from "../../profile/label-drops.ts";
import { type LabelSet, labelSet } from "../../profile/labels.ts";
import { SPAN_LABELS } from "../../profile/spans.ts";
import { counted, type UploadNote } from "../../profile/upload-note.ts";
import { type SampleSpans, sampleSpans } from "./sample-spans.ts";
import type { PprofTables } from "./tables.ts";

export interface SampleLabels {
  /** Index into `sets` for each sample. */
  readonly ofSample: Int32Array;
  readonly sets: readonly LabelSet[];
  /** Of left-out labels those that name requests; null when no sample has any. */
  readonly spans: SampleSpans | null;
  readonly notes: readonly UploadNote[];
}

/** @param ignored label names that are left out: exemplar ids, of which every sample may have its own */
export function sampleLabels(tables: PprofTables, ignored: ReadonlySet<string>): SampleLabels {
  const ofSample = new Int32Array(tables.sampleCount);
  if (tables.labelKeys.length === 0) return { ofSample, sets: [[]], spans: null, notes: [] };
  const pairs = new KeptPairs(tables, ignored);
  // A chain is (chain before, pair): equal sequences of labels end in one chain. Chain 0 is empty.
  const chains = new TupleTable(2);
  chains.internPair(-1, -1);
  let crowded = 0;
  let most = 0;
  let from = 0;
  for (let s = 0; s < ofSample.length; s++) {
    const to = tables.sampleLabelEnds.values[s]!;
    let chain = 0;
    let count = 0;
    for (let i = from; i < to; i++) {
      const pair = pairs.intern(tables.labelKeys.values[i]!, tables.labelStrings.values[i]!);
      if (pair < 0) continue;
      if (count === tables.limits.labelsPerSeries) {
        crowded++;
        most = Math.max(most, to - from);
        break;
      }
      chain = chains.internPair(chain, pair);
      count++;
    }
    ofSample[s] = chain;
    from = to;
  }
  const sets = unify(tables, ofSample, chains, pairs);
  if (crowded > 0) pairs.dropped.crowded(`labels of ${counted(crowded, "sample")}`, most, tables.limits);
  const spans = pairs.spanNames.size === 0 ? null : sampleSpans(tables, pairs.spanNames);
  return { ofSample, sets, spans, notes: pairs.dropped.notes() };
}

/** Distinct (name, value) pairs of string indices that are fit to be labels. */
class KeptPairs {
  readonly table = new TupleTable(2);
  readonly dropped = new LabelDrops();
  /** Key string → name, of labels met that are ignored and name a request. */
  readonly spanNames = new Map<number, string>();
  readonly #tables: PprofTables;
  readonly #ignored: ReadonlySet<string>;
  /** For each pair of the table: kept or not. */
  #fit = new Uint8Array(64);
  readonly #texts = new Map<number, string>();

  constructor(tables: PprofTables, ignored: ReadonlySet<string>) {
    this.#tables = tables;
    this.#ignored = ignored;
  }

  /** @returns -1 for a pair that is left out */
  intern(key: number, value: number): number {
    const before = this.table.count;
    const pair = this.table.internPair(key, value);
    if (pair === before) {
      if (pair === this.#fit.length) {
        const grown = new Uint8Array(pair * 2);
        grown.set(this.#fit);
        this.#fit = grown;
      }
      this.#fit[pair] = this.#isFit(key, value) ? 1 : 0;
    }
    return this.#fit[pair] === 1 ? pair : -1;
  }

  #isFit(key: number, value: number): boolean {
    const { limits } = this.#tables;
    const keyBytes = this.#tables.stringBytes(key).length;
    const valueBytes = this.#tables.stringBytes(value).length;
    if (valueBytes === 0) return false; // an empty label is no label
    if (keyBytes === 0) this.dropped.unnamed();
    else if (keyBytes > limits.labelNameBytes) this.dropped.nameTooLong(this.text(key), keyBytes, limits);
    else if (valueBytes > limits.labelValueBytes) this.dropped.valueTooLong(this.text(key), valueBytes, limits);
    else if (!this.#ignored.has(this.text(key))) return true;
    else if (SPAN_LABELS.has(this.text(key))) this.spanNames.set(key, this.text(key));
    return false;
  }

  text(index: number): string {
    let text = this.#texts.get(index);
    if (text === undefined) {
      text = this.#tables.text(index);
      this.#texts.set(index, text);
    }
    return text;
  }
}

/** Chains that were used → distinct sets: two orders of the same labels are one set. Rewrites `ofSample`. */
function unify(tables: PprofTables, ofSample: Int32Array, chains: TupleTable, pairs: KeptPairs): LabelSet[] {
  const { seriesPerUpload, batchBytes } = tables.limits;
  const setOfChain = new Int32Array(chains.count).fill(-1);
  // The same pairs in order of their ids end in one chain, too.
  const sorted = new TupleTable(2);
  sorted.internPair(-1, -1);
  const setOfSorted: number[] = [];
  const ids = new Int32Array(tables.limits.labelsPerSeries);
  const sets: LabelSet[] = [];
  let textBytes = 0;
  for (let s = 0; s < ofSample.length; s++) {
    const chain = ofSample[s]!;
    if (setOfChain[chain]! < 0) {
      let count = 0;
      for (let at = chain; at !== 0; at = chains.at(at, 0)) ids[count++] = chains.at(at, 1);
      const own = ids.subarray(0, count).sort();
      let last = 0;
      for (const id of own) last = sorted.internPair(last, id);
      const set = setOfSorted[last] ?? sets.length;
      if (set === sets.length) {
        const labels = labelsOfChain(chain, chains, pairs);
        if (set >= seriesPerUpload)
          throw tooLarge("seriesPerUpload", `over ${set}`, seriesPerUpload, "the samples have too many label sets");
        for (const [name, value] of labels) textBytes += name.length + value.length;
        if (textBytes > batchBytes)
          throw tooLarge("batchBytes", `over ${batchBytes}`, batchBytes, "the samples' labels are too long in all");
        setOfSorted[last] = set;
        sets.push(labels);
      }
      setOfChain[chain] = set;
    }
    ofSample[s] = setOfChain[chain]!;
  }
  return sets;
}

function labelsOfChain(chain: number, chains: TupleTable, pairs: KeptPairs): LabelSet {
  const ids: number[] = [];
  for (let at = chain; at !== 0; at = chains.at(at, 0)) ids.push(chains.at(at, 1));
  ids.reverse(); // of two values of one name the later wins
  return labelSet(ids.map((id) => [pairs.text(pairs.table.at(id, 0)), pairs.text(pairs.table.at(id, 1))]));
}
