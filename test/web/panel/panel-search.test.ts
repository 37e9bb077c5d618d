// The finder comes with the first search: what is typed before it is there must not come back when it is.
import { expect, it, vi } from "vitest";
import { decodeLevels } from "../../../src/view/levels.ts";
import { createPanelSearch } from "../../../web/panel/panel-search.ts";
import type { SearchState } from "../../../web/panel/search-outcome.ts";
import { RIDESHARE } from "./rideshare-graph.ts";

function typed(...texts: readonly string[]) {
  const decoded = decodeLevels(RIDESHARE.flamebearer, RIDESHARE.metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  const shown: string[] = [];
  const showOutcome = ({ outcome }: SearchState, current: number) => {
    shown.push(outcome(current));
    return outcome(current);
  };
  let painted = 0;
  const search = createPanelSearch({ toolbar: { showOutcome }, announcer: { say: () => {} } }, () => painted++);
  for (const text of texts) search.apply(() => decoded.model, text);
  return { search, shown, painted: () => painted };
}

it("finds what was typed last, once the finder is there", async () => {
  const { search, shown, painted } = typed("m", "ma", "runtime");
  await vi.waitFor(() => expect(search.isPending()).toBe(false));
  expect([shown.length, painted()]).toEqual([1, 1]);
  const alone = typed("runtime");
  await vi.waitFor(() => expect(alone.search.isPending()).toBe(false));
  expect(shown).toEqual(alone.shown);
});

it("finds nothing when all of it was deleted before the finder came", async () => {
  const { search, shown, painted } = typed("m", "");
  // One that is asked afterwards is answered afterwards.
  const later = typed("m");
  await vi.waitFor(() => expect(later.search.isPending()).toBe(false));
  expect(search.state().hits).toBeNull();
  expect([shown, painted()]).toEqual([[""], 0]);
});
