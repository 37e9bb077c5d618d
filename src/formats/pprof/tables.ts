// A pprof as it lies on the wire, in columns: nothing resolved, nothing judged. Strings are ranges
// of `bytes`; every other table has one column per field, and samples point into shared columns
// by the end of their own part (the start is the end of the sample before).
import type { Limits } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import { ByteWriter } from "../../lib/byte-writer.ts";
import { shortText } from "../../lib/short-text.ts";
import { IdColumn, IntColumn } from "./columns.ts";

const NO_BYTES = new Uint8Array(0);

/** Indices of strings. */
export interface RawValueType {
  type: number;
  unit: number;
}

export class PprofTables {
  bytes: Uint8Array = NO_BYTES;
  limits: Limits;
  readonly stringStarts = new IntColumn();
  readonly stringEnds = new IntColumn();

  readonly sampleTypes: RawValueType[] = [];
  periodType: RawValueType = { type: 0, unit: 0 };
  period = 0n;
  timeNanos = 0n;
  durationNanos = 0n;

  /** End of each sample's part of `stackLocations`, `values` and `labelKeys`. */
  readonly sampleStackEnds = new IntColumn();
  readonly sampleValueEnds = new IntColumn();
  readonly sampleLabelEnds = new IntColumn();
  /** Location ids, innermost first; location indices after `resolveIds`. */
  readonly stackLocations = new IdColumn();
  /** Two words per value, low first: the bytes of a BigInt64Array. */
  readonly valueWords = new IntColumn();
  /** String labels only, as string indices; numeric labels are read and left. */
  readonly labelKeys = new IntColumn();
  readonly labelStrings = new IntColumn();

  readonly mappingIds = new IdColumn(16);
  readonly mappingFiles = new IntColumn(16);
  readonly mappingBuildIds = new IntColumn(16);

  readonly locationIds = new IdColumn();
  /** Mapping ids; mapping index + 1, or 0 for none, after `resolveIds`. */
  readonly locationMappings = new IdColumn();
  readonly locationAddresses = new IdColumn();
  /** End of each location's part of the line columns. */
  readonly locationLineEnds = new IntColumn();
  /** Function ids; function index + 1, or 0 for none, after `resolveIds`. */
  readonly lineFunctions = new IdColumn();
  readonly lineNumbers = new IntColumn();

  readonly functionIds = new IdColumn();
  readonly functionNames = new IntColumn();
  readonly functionSystemNames = new IntColumn();
  readonly functionFiles = new IntColumn();
  readonly functionStartLines = new IntColumn();

  readonly #columns: readonly (IntColumn | IdColumn)[] = [
    ...[this.stringStarts, this.stringEnds, this.labelKeys, this.labelStrings],
    ...[this.sampleStackEnds, this.sampleValueEnds, this.sampleLabelEnds, this.stackLocations, this.valueWords],
    ...[this.mappingIds, this.mappingFiles, this.mappingBuildIds],
    ...[this.locationIds, this.locationMappings, this.locationAddresses, this.locationLineEnds],
    ...[this.lineFunctions, this.lineNumbers, this.functionIds, this.functionNames, this.functionSystemNames],
    ...[this.functionFiles, this.functionStartLines],
  ];

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Forgets the profile before and makes ready for another. */
  begin(bytes: Uint8Array, limits: Limits): void {
    this.bytes = bytes;
    this.limits = limits;
    this.sampleTypes.length = 0;
    this.periodType = { type: 0, unit: 0 };
    this.period = 0n;
    this.timeNanos = 0n;
    this.durationNanos = 0n;
    for (const column of this.#columns) column.reset();
    // Growing copies; in real profiles a fifth to a half of the bytes are these two.
    this.stackLocations.reserve(Math.min(1 << 20, bytes.length >> 2));
    this.valueWords.reserve(Math.min(1 << 18, bytes.length >> 4));
  }

  get stringCount(): number {
    return this.stringStarts.length;
  }

  get sampleCount(): number {
    return this.sampleStackEnds.length;
  }

  /** A view of string `index`. */
  stringBytes(index: number): Uint8Array {
    return this.bytes.subarray(this.stringStarts.values[index]!, this.stringEnds.values[index]!);
  }

  text(index: number): string {
    if (index === 0) return "";
    return shortText(this.bytes, this.stringStarts.values[index]!, this.stringEnds.values[index]!);
  }

  /**
   * Appends rewritten strings, all at once because the bytes move. Their sum is bounded: many rows
   * may refer to one long string.
   * @returns index of the first
   */
  addStrings(count: number, write: (k: number, out: ByteWriter) => void): number {
    const first = this.stringCount;
    const out = new ByteWriter(count * 32);
    const base = this.bytes.length;
    const most = Math.min(this.limits.inflatedBytes, ALWAYS_ADDED_BYTES + (1 + ADDED_BYTES_PER_BYTE) * base);
    for (let k = 0; k < count; k++) {
      this.stringStarts.push(base + out.length);
      write(k, out);
      this.stringEnds.push(base + out.length);
      if (base + out.length > most)
        throw tooLarge("inflatedBytes", `over ${most}`, most, "the profile is too large when its names are completed");
    }
    const added = out.finish();
    const bytes = new Uint8Array(base + added.length);
    bytes.set(this.bytes);
    bytes.set(added, base);
    this.bytes = bytes;
    return first;
  }
}

/** What names may grow by when they are completed, for each byte of the profile; small profiles may have this much anyway. */
const ADDED_BYTES_PER_BYTE = 8;
const ALWAYS_ADDED_BYTES = 1024 * 1024;
