// What the panel shows as a picture: the bars of src/view/svg.ts, as text or painted by the browser. As wide as the graph is now, and as high as
// it is deep.
import { titleOfGraph } from "../../src/api/graph-of-render.ts";
import { isEmpty, type NodeIndex, nameOf, ROOT } from "../../src/view/model.ts";
import { visibleName } from "../../src/view/names.ts";
import { SANDWICH_LEVEL, SANDWICH_NODE, sandwichOf } from "../../src/view/sandwich.ts";
import { flameSvg, type SvgPane } from "../../src/view/svg.ts";
import type { ExportMoment } from "../panel/panel-options.ts";
import { functionOf } from "../panel/sandwich-function.ts";
import type { ExportSubject } from "./export-subject.ts";

const LEAST_PX = 640;
/** Deeper rows are left out, and said to be. */
const MOST_ROWS = 600;
/** Browsers paint no larger canvas. */
const MOST_SIDE_PX = 16_384;
const MOST_AREA_PX = 64 * 1024 * 1024;

export interface Picture {
  readonly svg: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export function svgOf({ graph }: ExportSubject, moment: ExportMoment, hasTooltips: boolean): Picture {
  const { data, state, theme } = moment;
  const widthPx = Math.max(LEAST_PX, Math.round(moment.widthPx));
  const { svg, heightPx } = flameSvg({
    panes: panesOf(moment),
    widthPx,
    mostRows: MOST_ROWS,
    theme,
    palette: state.palette,
    textEnd: state.textEnd,
    spyName: graph.metadata.spyName,
    title: titleOfGraph(graph),
    caption: captionOf(graph, moment),
    tooltips: hasTooltips ? data.format : null,
  });
  return { svg, widthPx, heightPx };
}

function panesOf({ data, state, focus, search }: ExportMoment): SvgPane[] {
  const name = state.view === "sandwich" ? functionOf({ data, picked: search.picked }) : -1;
  const sandwich = name < 0 ? null : sandwichOf(data.model, name);
  if (sandwich === null) return isEmpty(data.model) ? [] : [{ model: data.model, focus, hits: search.hits }];
  const half = { focus: SANDWICH_NODE, firstLevel: SANDWICH_LEVEL };
  const of = visibleName(data.model.names[name] ?? "");
  return [
    { model: sandwich.callers, ...half, upsideDown: true, heading: `Callers of ${of}` },
    { model: sandwich.callees, ...half, heading: "Callees" },
  ];
}

function captionOf({ from, until, compared }: ExportSubject["graph"], moment: ExportMoment): string {
  const { data, focus, state } = moment;
  const totals = data.wholes.map((whole) => data.format.short(whole)).join(" → ");
  const parts = [
    `${data.format.title} ${totals}`,
    compared
      ? `${spanText(from, until)} → ${compared.query ?? ""} ${spanText(compared.from, compared.until)}`
      : spanText(from, until),
    zoomText(moment, focus),
    state.search === "" || state.view === "sandwich" ? "" : `search: ${state.search}`,
  ];
  return parts.filter((text) => text.trim() !== "").join(" · ");
}

const zoomText = ({ data, state }: ExportMoment, focus: NodeIndex): string =>
  focus === ROOT || state.view === "sandwich" ? "" : `zoomed to ${nameOf(data.model, focus)}`;

const spanText = (from?: number, until?: number): string =>
  from === undefined || until === undefined ? "" : `${minute(from)} – ${minute(until)} UTC`;

/** Times come from whoever made the share. */
const minute = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 16).replace("T", " ");
};

/** Two pixels to one where the picture does not become too large. */
export async function pngOf({ svg, widthPx, heightPx }: Picture): Promise<Blob> {
  const ratio = Math.min(2, MOST_SIDE_PX / Math.max(widthPx, heightPx), Math.sqrt(MOST_AREA_PX / (widthPx * heightPx)));
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(widthPx * ratio);
    canvas.height = Math.round(heightPx * ratio);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("the browser did not paint it");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
