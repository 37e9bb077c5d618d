// Where the page shows what was shared as it is now, for readers who may ask this server.
import type { ShareContent, ShareGraph, ShareLayout } from "../api/share.ts";

const PATHS: Readonly<Record<ShareLayout, string>> = { single: "", comparison: "comparison", diff: "comparison-diff" };

/** Servers in between refuse longer ones. */
const MOST_CHARS = 2000;

type Side = Pick<ShareGraph, "query" | "from" | "until"> | undefined;

/**
 * @returns relative to the page's folder: `?query=…`, `comparison-diff?…`; "" when the share does not say what was asked: it is of a
 * file, or its labels were taken out
 */
export function pageAddress({ layout, graphs }: Pick<ShareContent, "layout" | "graphs">): string {
  const [first, second] = graphs;
  const sides: Side[] = layout === "single" ? [first] : [first, layout === "diff" ? first?.compared : second];
  const asked = sides.flatMap((side) =>
    side?.query && side.from !== undefined && side.until !== undefined
      ? [{ query: side.query, from: side.from, until: side.until }]
      : [],
  );
  const [left, right] = asked;
  if (left === undefined || asked.length < sides.length) return "";
  const params = new URLSearchParams({
    query: left.query,
    from: String(Math.min(...asked.map(({ from }) => from))),
    until: String(Math.max(...asked.map(({ until }) => until))),
  });
  for (const [name, side] of right === undefined ? [] : Object.entries({ left, right })) {
    params.set(`${name}Query`, side.query);
    params.set(`${name}From`, String(side.from));
    params.set(`${name}Until`, String(side.until));
  }
  const address = `${PATHS[layout]}?${params}`;
  return address.length > MOST_CHARS ? "" : address;
}
