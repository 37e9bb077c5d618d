// A file may hold several profile types: the reader picks one.
import type { ShareGraph } from "../../src/api/share.ts";
import { visibleName } from "../../src/view/names.ts";

export function chooseGraph(
  graphs: readonly ShareGraph[],
  chosen: number,
  onChoose: (at: number) => void,
): HTMLElement {
  const select = document.createElement("select");
  select.className = "efp-select";
  for (const [at, graph] of graphs.entries()) {
    select.append(new Option(visibleName(graph.label || `graph ${at + 1}`), String(at), false, at === chosen));
  }
  select.addEventListener("change", () => onChoose(select.selectedIndex));
  const label = document.createElement("label");
  label.className = "efs-choose";
  label.append("Profile type ", select);
  return label;
}
