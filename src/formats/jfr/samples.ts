// Adds events up by (node, labels, span): a row each, with a value per column. Which column a tally is part of, if any, is told in
// the end.
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { TupleTable } from "../../lib/tuple-table.ts";
import { type LabelSet, labelKey } from "../../profile/labels.ts";
import { type ProfileSpans, type SpanKey, spanKey } from "../../profile/spans.ts";
import { spansLeftOut, type UploadNote } from "../../profile/upload-note.ts";
import type { ColumnName, RequestIds, TallyName } from "./events.ts";
import type { Words } from "./jfr-cursor.ts";

/** What an event is added up under. */
export interface EventPlace {
  node: number;
  labels: LabelSet;
  readonly request: RequestIds;
}

/** Several tallies may go into one column. */
export interface TallyShare {
  readonly column: ColumnName;
  /** What its sums are multiplied by. */
  readonly multiplier: number;
}

export interface JfrSamples {
  add(place: EventPlace, tally: TallyName, value: number): void;
  /** @param shareOf null for a tally that counts for nothing */
  finish(shareOf: (tally: TallyName) => TallyShare | null): {
    readonly names: readonly ColumnName[];
    readonly nodes: Int32Array;
    readonly labels: Int32Array;
    readonly labelSets: readonly LabelSet[];
    readonly spans: ProfileSpans;
    readonly notes: readonly UploadNote[];
    /** Row-major: row r, column c at r * names.length + c. */
    readonly values: BigInt64Array;
  };
}

const MOST = 2n ** 63n - 1n;

/** The label sets of a recording: equal ones have one place. */
function labelTable(limits: Limits) {
  const labelSets: LabelSet[] = [];
  const setOf = new Map<string, number>();
  /** The same by identity: most events have labels that another one had. */
  const known = new Map<LabelSet, number>();
  let labelChars = 0;
  const placeOf = (labels: LabelSet): number => {
    const found = known.get(labels);
    if (found !== undefined) return found;
    const key = labelKey(labels);
    labelChars += key.length;
    const { inflatedBytes: most } = limits;
    if (labelChars > most) throw tooLarge("inflatedBytes", `over ${most}`, most, "characters of all events' labels");
    const set = setOf.get(key) ?? labelSets.length;
    if (set === labelSets.length) {
      setOf.set(key, set);
      labelSets.push(labels);
    }
    known.set(labels, set);
    return set;
  };
  return { labelSets, placeOf };
}

/** Pairs of a label set and a span; without a span the pair is the set, doubled. */
function spanTable(limits: Limits) {
  const keys: SpanKey[] = [];
  /** By the words of the id, which are the sender's choice: of three numbers, as pairs are for ids of ours. */
  const known = new TupleTable(3, 0);
  const traces = new TupleTable(4, 0);
  const places: number[] = [];
  const pairs = new TupleTable(2, 0);
  let left = 0;
  /** 0 for none. */
  const traceOf = ({ traceHigh, traceLow }: RequestIds): number => {
    if ((traceHigh.high | traceHigh.low | traceLow.high | traceLow.low) === 0) return 0;
    TRACE[0] = traceHigh.high;
    TRACE[1] = traceHigh.low;
    TRACE[2] = traceLow.high;
    TRACE[3] = traceLow.low;
    return traces.intern(TRACE) + 1;
  };
  return {
    keys,
    /** Odd for those with a span. */
    placeOf(set: number, request: RequestIds): number {
      if (!request.isKnown) return set * 2;
      ROW[0] = request.span.low;
      ROW[1] = request.span.high;
      const tracesBefore = traces.count;
      ROW[2] = traceOf(request);
      const id = known.intern(ROW);
      if (id === places.length) {
        // A recording may name millions: those that are not kept are not remembered either.
        if (keys.length >= limits.spansPerUpload) {
          known.truncate(id);
          traces.truncate(tracesBefore);
          left++;
          return set * 2;
        }
        const key = keyOf(request);
        places.push(key === null ? TOO_MANY : keys.push(key) - 1);
      }
      const span = places[id]!;
      if (span === TOO_MANY) left++;
      return span < 0 ? set * 2 : pairs.internPair(set, span) * 2 + 1;
    },
    setOf: (place: number): number => (place % 2 === 0 ? place / 2 : pairs.at((place - 1) / 2, 0)),
    spanOf: (place: number): number => (place % 2 === 0 ? -1 : pairs.at((place - 1) / 2, 1)),
    notes: () => (left > 0 ? [spansLeftOut(left, limits)] : []),
  };
}

const TOO_MANY = -2;
const ROW = new Int32Array(3);

const TRACE = new Int32Array(4);

const hexOf = ({ low, high }: Words): string =>
  [high, low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
const keyOf = ({ span, traceHigh, traceLow }: RequestIds): SpanKey | null =>
  spanKey(hexOf(span), hexOf(traceHigh) + hexOf(traceLow));

/** @param entries (tally, label set and span, node) @returns rows of (label set and span, node), each with its values */
function addUp(entries: TupleTable, sums: Float64Array, shares: readonly (TallyShare | null)[]) {
  const names = [...new Set(shares.flatMap((share) => (share === null ? [] : [share.column])))];
  const columns = shares.map((share) => (share === null ? -1 : names.indexOf(share.column)));
  const multipliers = shares.map((share) => BigInt(share?.multiplier ?? 0));
  const rows = new TupleTable(2);
  const rowOf = Int32Array.from({ length: entries.count }, (_, entry) =>
    columns[entries.at(entry, 0)]! < 0 ? -1 : rows.internPair(entries.at(entry, 1), entries.at(entry, 2)),
  );
  const values = new BigInt64Array(rows.count * names.length);
  for (let entry = 0; entry < rowOf.length; entry++) {
    if (rowOf[entry]! < 0) continue;
    const tally = entries.at(entry, 0);
    const at = rowOf[entry]! * names.length + columns[tally]!;
    const value = values[at]! + BigInt(sums[entry]!) * multipliers[tally]!;
    if (value > MOST)
      throw tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `a value of ${names[columns[tally]!]} is too large`);
    values[at] = value;
  }
  return { names, rows, values };
}

export function jfrSamples(limits: Limits): JfrSamples {
  const { labelSets, placeOf } = labelTable(limits);
  const spans = spanTable(limits);
  /** (tally, label set and span, node), each with its sum. */
  const entries = new TupleTable(3);
  let sums = new Float64Array(256);
  const tallies: TallyName[] = [];
  return {
    add({ node, labels, request }, tally, value) {
      if (!(value > 0)) return; // a duration that runs backwards says nothing
      let place = tallies.indexOf(tally);
      if (place < 0) place = tallies.push(tally) - 1;
      const labelled = spans.placeOf(placeOf(labels), request);
      ROW[0] = place;
      ROW[1] = labelled;
      ROW[2] = node;
      const entry = entries.intern(ROW);
      if (entry >= limits.samplesPerProfile)
        throw tooLarge(
          "samplesPerProfile",
          `over ${entry}`,
          limits.samplesPerProfile,
          "distinct stacks of a recording",
        );
      if (entry === sums.length) {
        const grown = new Float64Array(entry * 2);
        grown.set(sums);
        sums = grown;
      }
      const sum = sums[entry]! + value;
      if (!Number.isSafeInteger(sum)) throw malformed(`JFR: the sum of ${tally} passes 2^53`);
      sums[entry] = sum;
    },
    finish(shareOf) {
      const { names, rows, values } = addUp(entries, sums, tallies.map(shareOf));
      return {
        names,
        nodes: Int32Array.from({ length: rows.count }, (_, row) => rows.at(row, 1)),
        labels: Int32Array.from({ length: rows.count }, (_, row) => spans.setOf(rows.at(row, 0))),
        spans: {
          keys: spans.keys,
          ofSample: Int32Array.from({ length: rows.count }, (_, row) => spans.spanOf(rows.at(row, 0))),
        },
        notes: spans.notes(),
        labelSets: labelSets.length === 0 ? [[]] : labelSets,
        values,
      };
    },
  };
}
