// The graph in one HTML file: the server's template, with the graph and how it is seen inside.
import { layoutOf, titleOfGraph } from "../../src/api/graph-of-render.ts";
import type { ShareContent } from "../../src/api/share.ts";
import { standaloneHtml } from "../../src/view/standalone.ts";
import type { ExportMoment } from "../panel/panel-options.ts";
import type { ExportSubject } from "./export-subject.ts";

export async function standaloneFile({ graph, up }: ExportSubject, { state }: ExportMoment): Promise<string> {
  const response = await fetch(`${up}standalone.html`);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const content: ShareContent = {
    version: 1,
    layout: layoutOf(graph),
    graphs: [graph],
    view: {
      display: state.view,
      search: state.search,
      zoom: [...state.zoom],
      sort: state.sort,
      descending: state.sortDescending,
      palette: state.palette,
      textEnd: state.textEnd,
    },
    notes: [],
  };
  return standaloneHtml(await response.text(), { title: titleOfGraph(graph), content });
}
