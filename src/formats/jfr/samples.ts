// Adds events up by (node, labels): a row each, with a value per column.
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { type LabelSet, labelKey } from "../../profile/labels.ts";
import type { ColumnName } from "./events.ts";

export interface JfrSamples {
  /** Whether wall time came as events of its own. */
  sawWallClock: boolean;
  add(node: number, labels: LabelSet, column: ColumnName, value: number): void;
  /** Forgets a column. */
  drop(column: ColumnName): void;
  /** @param multiplierOf what a column's sums are multiplied by */
  finish(multiplierOf: (column: ColumnName) => number): {
    readonly names: readonly ColumnName[];
    readonly nodes: Int32Array;
    readonly labels: Int32Array;
    readonly labelSets: readonly LabelSet[];
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

export function jfrSamples(limits: Limits): JfrSamples {
  const { labelSets, placeOf } = labelTable(limits);
  /** Column → (label set, node) → sum. */
  const sums = new Map<ColumnName, Map<number, number>>();
  let entries = 0;
  return {
    sawWallClock: false,
    add(node, labels, column, value) {
      if (!(value >= 0)) return; // a duration that runs backwards says nothing
      const set = placeOf(labels);
      let column1 = sums.get(column);
      if (column1 === undefined) {
        column1 = new Map();
        sums.set(column, column1);
      }
      const place = set * NODES + node;
      const before = column1.get(place);
      if (before === undefined && ++entries > limits.samplesPerProfile)
        throw tooLarge(
          "samplesPerProfile",
          `over ${entries}`,
          limits.samplesPerProfile,
          "distinct stacks of a recording",
        );
      const sum = (before ?? 0) + value;
      if (!Number.isSafeInteger(sum)) throw malformed(`JFR: the sum of ${column} passes 2^53`);
      column1.set(place, sum);
    },
    drop(column) {
      sums.delete(column);
    },
    finish(multiplierOf) {
      const names = [...sums.keys()].filter((name) => (sums.get(name)?.size ?? 0) > 0);
      const rows = new Map<number, number>();
      for (const name of names)
        for (const place of sums.get(name)!.keys()) if (!rows.has(place)) rows.set(place, rows.size);
      const values = new BigInt64Array(rows.size * names.length);
      names.forEach((name, c) => {
        const multiplier = BigInt(multiplierOf(name));
        for (const [place, sum] of sums.get(name)!) {
          const value = BigInt(sum) * multiplier;
          if (value > MOST)
            throw tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `a value of ${name} is too large`);
          values[rows.get(place)! * names.length + c] = value;
        }
      });
      const places = [...rows.keys()];
      return {
        names,
        nodes: Int32Array.from(places, (place) => place % NODES),
        labels: Int32Array.from(places, (place) => Math.floor(place / NODES)),
        labelSets: labelSets.length === 0 ? [[]] : labelSets,
        values,
      };
    },
  };
}

/** More than any profile may have nodes: a place is label set × NODES + node. */
const NODES = 2 ** 30;
