/** The path to the focused frame, each step a button. Long paths keep their first and last steps. */
import { type NodeIndex, ROOT } from "../../src/view/model.ts";
import { ancestorsOf } from "../../src/view/zoom.ts";
import { button, element } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { icon } from "./icons.ts";

export interface Breadcrumb {
  readonly root: HTMLElement;
  show(data: GraphData | null, focus: NodeIndex): void;
}

const LAST_STEPS = 4;

export function createBreadcrumb(label: string, onZoom: (node: NodeIndex) => void, onBack: () => void): Breadcrumb {
  const list = element("ol", "efp-crumbs");
  const back = button("efp-icon-button", "", onBack, { title: "Back (Esc)", "aria-label": "Back to the zoom before" });
  back.append(icon("out"));
  const root = element("nav", "efp-breadcrumb", { "aria-label": `${label}: focused path` }, back, list);
  return {
    root,
    show: (data, focus) => {
      back.disabled = !data || focus === ROOT;
      if (!data) {
        list.replaceChildren();
        return;
      }
      const path = ancestorsOf(data.model, focus);
      const skipped = path.length > LAST_STEPS + 2 ? path.slice(1, -LAST_STEPS) : [];
      const steps = skipped.length > 0 ? [ROOT, ...path.slice(-LAST_STEPS)] : path;
      const items = steps.map((node) => crumb(data, node, node === focus, onZoom));
      if (skipped.length > 0) {
        const last = skipped[skipped.length - 1]!;
        const more = button("efp-crumb", `… ${skipped.length.toLocaleString("en-US")} more`, () => onZoom(last), {
          title: data.texts.nameOf(last),
        });
        items.splice(1, 0, element("li", "", {}, more));
      }
      list.replaceChildren(...items);
    },
  };
}

function crumb(data: GraphData, node: NodeIndex, isFocus: boolean, onZoom: (node: NodeIndex) => void): HTMLElement {
  const { model, format } = data;
  const text = node === ROOT ? wholeText(data) : data.texts.nameOf(node);
  const made = button("efp-crumb", text, () => onZoom(node), {
    title: node === ROOT ? `${format.title}: the whole profile` : text,
  });
  if (isFocus) made.setAttribute("aria-current", "location");
  return element(
    "li",
    "",
    { ...(node === ROOT && { "data-root": true }), "data-level": model.parent[node]! < 0 ? 0 : 1 },
    made,
  );
}

function wholeText({ model, format }: GraphData): string {
  return `total ${model.sides.map((side) => format.short(side.total[ROOT]!)).join(" → ")}`;
}
