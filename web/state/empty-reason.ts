// Why a query has nothing to show, from what the answer says: reasons in the order in which they help.
import type { RenderFacts } from "../../src/api/render.ts";
import type { Service } from "../../src/api/services.ts";
import { type Matcher, parseQuery } from "./query-text.ts";
import { isFilter, selectionOf } from "./selection.ts";
import { resolveTime, type TimeRange } from "./time-form.ts";

export type EmptyReason =
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "never" }
  | { readonly kind: "before" | "after"; readonly lastSeen: number }
  | { readonly kind: "filters"; readonly filters: readonly string[] }
  | { readonly kind: "quiet" }
  | { readonly kind: "inverted" };

export interface EmptyCase {
  readonly query: string;
  readonly range: TimeRange;
  readonly facts: Pick<RenderFacts, "from" | "until" | "lastSeen"> | null;
  readonly services: readonly Service[];
  readonly nowSeconds: number;
}

export function emptyReasons({ query, range, facts, services, nowSeconds }: EmptyCase): EmptyReason[] {
  if (resolveTime(range.from, nowSeconds) >= resolveTime(range.until, nowSeconds)) return [{ kind: "inverted" }];
  const parsed = parseQuery(query);
  if (parsed !== null && services.length > 0 && selectionOf(query, services) === null) {
    return [{ kind: "unknown", name: parsed.head }];
  }
  const lastSeen = facts?.lastSeen ?? null;
  if (facts === null || lastSeen === null) return [{ kind: "never" }];
  const filters = (parsed?.matchers ?? []).filter(isFilter).map(filterText);
  const reasons: EmptyReason[] = [];
  // All that ever came is older than the range: no filter is to blame.
  if (lastSeen < facts.from) return [{ kind: "before", lastSeen }];
  if (filters.length > 0) reasons.push({ kind: "filters", filters });
  if (lastSeen >= facts.until) reasons.push({ kind: "after", lastSeen });
  return reasons.length > 0 ? reasons : [{ kind: "quiet" }];
}

const filterText = ({ name, operator, value }: Matcher) => `${name} ${operator} ${value}`;

/** A range of the same length that ends with the last data: where "Go there" goes. */
export function rangeAround(lastSeen: number, range: TimeRange, nowSeconds: number): TimeRange {
  const length = resolveTime(range.until, nowSeconds) - resolveTime(range.from, nowSeconds);
  const until = Math.floor(lastSeen) + 60;
  return { from: String(until - Math.max(300, length)), until: String(until) };
}
