// What /render answers, as a graph of a share: for live embeds, and for the file that works offline.
import type { RenderResponse } from "./render.ts";
import type { ShareGraph } from "./share.ts";

type Drawn = Pick<RenderResponse, "flamebearer" | "metadata" | "edgeflame">;

/** @param name of the profile, for whom the query is not shown */
export function graphOfRender({ flamebearer, metadata, edgeflame }: Drawn, name: string): ShareGraph {
  const { query } = metadata;
  return {
    label: "",
    flamebearer,
    metadata: graphMetadata({ ...metadata, name }, edgeflame.aggregation),
    ...hiddenOf(edgeflame),
    ...(query !== undefined && { query }),
    from: edgeflame.from,
    until: edgeflame.until,
  };
}

export const graphMetadata = (
  { format, units, sampleRate, spyName, name }: Omit<ShareGraph["metadata"], "aggregation">,
  aggregation: "sum" | "average",
): ShareGraph["metadata"] => ({ format, units, sampleRate, spyName, name, aggregation });

/** What was cut off, if anything was. */
export const hiddenOf = ({ hiddenNodes, largestHidden }: { hiddenNodes: number; largestHidden: number }) =>
  hiddenNodes > 0 ? { hidden: { nodes: hiddenNodes, largest: largestHidden } } : {};
