// What /render answers, as a graph of a share: for live embeds, and for the file that works offline. And how a graph by itself is
// laid out and called.
import type { RenderFacts, RenderResponse } from "./render.ts";
import type { ShareGraph } from "./share.ts";

/** What /render answers of the graph alone. */
export interface RenderedGraph extends Pick<RenderResponse, "flamebearer" | "metadata"> {
  readonly edgeflame: Omit<RenderFacts, "shed">;
}

/** @param name of the profile, for whom the query is not shown */
export function graphOfRender({ flamebearer, metadata, edgeflame }: RenderedGraph, name: string): ShareGraph {
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

/** Of what shows one graph, or several of which one is picked. */
export const layoutOf = (graph: Pick<ShareGraph, "metadata"> | null | undefined): "single" | "diff" =>
  graph?.metadata.format === "double" ? "diff" : "single";

export const titleOfGraph = ({ query, label, metadata }: Pick<ShareGraph, "query" | "label" | "metadata">): string =>
  query || label || metadata.name;

export const graphMetadata = (
  { format, units, sampleRate, spyName, name }: Omit<ShareGraph["metadata"], "aggregation">,
  aggregation: "sum" | "average",
): ShareGraph["metadata"] => ({ format, units, sampleRate, spyName, name, aggregation });

/** What was cut off, if anything was. */
export const hiddenOf = ({ hiddenNodes, largestHidden }: { hiddenNodes: number; largestHidden: number }) =>
  hiddenNodes > 0 ? { hidden: { nodes: hiddenNodes, largest: largestHidden } } : {};
