// GET /render?format=html, /render-diff?format=html: the graph in one HTML file that works offline, the same that the page exports.

import { graphMetadata, graphOfRender, hiddenOf, layoutOf, type RenderedGraph } from "../api/graph-of-render.ts";
import type { RenderDiffResponse } from "../api/render-diff.ts";
import type { ShareContent, ShareGraph } from "../api/share.ts";
import { standaloneHtml, standalonePolicy } from "../view/standalone.ts";
import type { Answer } from "./answer.ts";

export function renderedHtml(answer: RenderedGraph): Answer {
  const { query, name } = answer.metadata;
  return htmlAnswer(query || name, graphOfRender(answer, name));
}

export interface DiffQueries {
  readonly left: string;
  readonly right: string;
}

export function renderedDiffHtml(answer: RenderDiffResponse, { left, right }: DiffQueries): Answer {
  const { flamebearer, metadata, leftTicks, rightTicks, edgeflame } = answer;
  return htmlAnswer(left === right ? left : `${left} → ${right}`, {
    label: "",
    flamebearer: { ...flamebearer, leftTicks, rightTicks },
    metadata: graphMetadata(metadata, edgeflame.aggregation),
    ...hiddenOf(edgeflame),
    query: left,
    from: edgeflame.left.from,
    until: edgeflame.left.until,
    compared: { query: right, from: edgeflame.right.from, until: edgeflame.right.until },
  });
}

function htmlAnswer(title: string, graph: ShareGraph): Answer {
  const content: ShareContent = {
    version: 1,
    layout: layoutOf(graph),
    graphs: [graph],
    view: { display: "both" },
    notes: [],
  };
  return {
    kind: "html",
    fill: (template) => ({ html: standaloneHtml(template, { title, content }), policy: standalonePolicy(template) }),
  };
}
