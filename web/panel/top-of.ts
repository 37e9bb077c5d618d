/** The table's rows of a graph: worked out when first asked for, and kept as long as the graph. */
import type { FlameModel } from "../../src/view/model.ts";
import { type TopTable, toTop } from "../../src/view/top-table.ts";

const known = new WeakMap<FlameModel, TopTable>();

export function topOf(model: FlameModel): TopTable {
  let top = known.get(model);
  if (top === undefined) {
    top = toTop(model);
    known.set(model, top);
  }
  return top;
}
