// The lists of a request. A request has far more rows than anybody looks at twice, and as objects they take twenty times their bytes: so
// only the place of each is kept, and a row is read when it is asked for.
import { malformed } from "../../lib/app-error.ts";

/** As it is read: fields by their names in JSON. */
export type Message = Record<string, unknown>;

/** Rows by number. */
export interface Table<Row> {
  readonly length: number;
  /** Read anew each time. */
  at(index: number): Row | undefined;
  /** What it costs to read a row, in bytes. Absent: of lists that are there anyway. */
  sizeOf?(index: number): number;
}

export interface StringTable extends Table<string> {
  bytesAt(index: number): Uint8Array | undefined;
  sizeOf(index: number): number;
}

/** Numbers of rows. */
export type Indices = readonly number[] | Int32Array;

/** Of the values of a sample those above zero, together. */
export interface ValueSum {
  readonly count: number;
  readonly sum: bigint;
}

export const NO_VALUES: ValueSum = { count: 0, sum: 0n };
export const NO_ROWS: Table<never> = { length: 0, at: () => undefined };
export const NO_INDICES: Indices = [];

export function* rowsOf<Row>(table: Table<Row> | undefined): Generator<Row> {
  const { length } = table ?? NO_ROWS;
  for (let i = 0; i < length; i++) {
    const row = table?.at(i);
    if (row !== undefined) yield row;
  }
}

/** Row 0 stands for nothing and may be absent. @throws AppError malformed_profile */
export function rowOf<Row extends object>(table: Table<Row> | undefined, index: number, what: string): Row {
  const row = table?.at(index);
  if (row !== undefined) return row;
  if (index === 0) return {} as Row;
  throw malformed(`otlp: ${what} ${index} of ${table?.length ?? 0} in the dictionary`);
}
