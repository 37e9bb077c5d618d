// How many rows of a request are held at once: for each its place is kept, and where it is JSON nothing more than is there anyway.
import { DECODING } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";

export interface RowCount {
  rows: number;
  readonly most: number;
}

export const rowCount = (): RowCount => ({ rows: 0, most: DECODING.otlpRows });

/** @throws AppError profile_too_large */
export function spend(count: RowCount): void {
  requireFew(count, ++count.rows);
}

/** @throws AppError profile_too_large */
export function requireFew({ most }: RowCount, rows: number): void {
  if (rows > most) throw tooLarge("otlpRows", `over ${most}`, most, "rows of the request, or entries of a list");
}
