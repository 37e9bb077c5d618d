/** Which function the sandwich is of. */
import type { GraphData } from "./graph-data.ts";
import { topOf } from "./top-of.ts";

export interface SandwichChoice {
  readonly data: GraphData;
  /** The function that is searched for exactly. */
  readonly picked: string | undefined;
}

/** Index into the names: what is searched for, else what takes the most itself; -1 when it is not there. */
export function functionOf({ data, picked }: SandwichChoice): number {
  if (picked !== undefined) return data.model.names.indexOf(picked);
  const top = topOf(data.model);
  let best = -1;
  let most = -1;
  for (const [row, name] of top.name.entries()) {
    const share = top.sides.reduce((sum, { self }, side) => sum + self[row]! / (data.wholes[side] || 1), 0);
    if (share > most) [best, most] = [name, share];
  }
  return best;
}
