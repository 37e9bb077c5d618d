// Parameters that every reader shares: range, node limit, aggregation.
import { LIMITS, SLOT_SECONDS } from "../config.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { END_OF_TIME, parseTimeForm } from "../lib/time-form.ts";
import { ceilTo, floorTo } from "../segment/ladder.ts";
import type { QueryPorts } from "./ports.ts";

export interface Range {
  /** Unix seconds, multiples of 10; until > from. */
  readonly from: number;
  readonly until: number;
}

/**
 * A range in any time form, widened outward to whole slots. Absent means now.
 * @throws AppError invalid_argument when it ends before it begins
 */
export function parseRange(
  from: string | undefined,
  until: string | undefined,
  now: number,
  names = ["from", "until"],
): Range {
  const start = from ? parseTimeForm(from, now) : now;
  const end = until ? parseTimeForm(until, now) : now;
  if (!(start <= end)) throw invalidArgument(`${names[0]} (${start}) is after ${names[1]} (${end})`);
  if (end > END_OF_TIME || start < 0)
    throw invalidArgument(`${names[0]} and ${names[1]} must lie between 1970 and the year 9999`);
  const first = floorTo(SLOT_SECONDS, start);
  return { from: first, until: Math.max(first + SLOT_SECONDS, ceilTo(SLOT_SECONDS, end)) };
}

/** @throws AppError invalid_argument for a range that is longer than the tenant may ask for */
export function requireShort({ from, until }: Range, { queryRangeSeconds: most }: QueryPorts["limits"]): void {
  if (most === null || until - from <= most) return;
  throw invalidArgument(`the range has ${until - from} seconds, limit queryRangeSeconds is ${most}: ask for less`, {
    limit: "queryRangeSeconds",
    actual: until - from,
    allowed: most,
  });
}

/** `max-nodes`, then `maxNodes` (the later wins); what is no number, or 0, is ignored; below 0 means all that is allowed. */
export function parseMaxNodes(query: URLSearchParams, limits: QueryPorts["limits"]): number {
  let nodes = 0;
  for (const name of ["max-nodes", "maxNodes"]) {
    const text = query.get(name);
    if (text === null || !/^-?\d+$/.test(text) || Number(text) === 0) continue;
    nodes = Number(text);
  }
  return nodesWithin(limits, nodes);
}

/** 0 means the usual number, below it all that is allowed. */
export function nodesWithin({ maxNodesDefault, maxNodesMost }: QueryPorts["limits"], asked: number): number {
  const nodes = asked === 0 ? maxNodesDefault : asked;
  return nodes < 0 ? maxNodesMost : Math.min(nodes, maxNodesMost);
}

/**
 * `focus`, once per frame name from below the root; [] asks for the whole. Each is taken as it is, so that a name may hold
 * any character.
 * @throws AppError invalid_argument past the limits
 */
export function parseFocus(query: URLSearchParams): string[] {
  const path = query.getAll("focus");
  if (path.length > LIMITS.stackDepth) {
    const facts = { limit: "stackDepth", actual: path.length, allowed: LIMITS.stackDepth };
    throw invalidArgument(`focus names ${path.length} frames; a stack has at most ${LIMITS.stackDepth}`, facts);
  }
  const bytes = path.reduce((sum, name) => sum + new TextEncoder().encode(name).length, 0);
  if (bytes > LIMITS.focusBytes) {
    const facts = { limit: "focusBytes", actual: bytes, allowed: LIMITS.focusBytes };
    throw invalidArgument(`focus has ${bytes} bytes of names; ${LIMITS.focusBytes} are allowed`, facts);
  }
  // `focus=` alone is a form that was left empty.
  return path.length === 1 && path[0] === "" ? [] : path;
}

/** One question's nodes and timeline steps may not be more than an isolate can hold. */
export const MOST_GROUPS = 200;
