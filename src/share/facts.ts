// What a card, a preview or a page without scripts says of a share: kept in its row, so that none of them reads the graph.
import type { ShareContent, ShareGraph, ShareLayout } from "../api/share.ts";
import { malformed } from "../lib/app-error.ts";
import { formatPoints, formatShare, valueFormat } from "../view/format.ts";
import { decodeLevels } from "../view/levels.ts";
import { type FlameModel, isDiff, ROOT } from "../view/model.ts";
import { visibleName } from "../view/names.ts";
import { rowShare } from "../view/table-rows.ts";
import { toTop } from "../view/top-table.ts";
import { pageAddress } from "./page-address.ts";

export interface TopRow {
  readonly name: string;
  /** `33.1 %`; in a diff the change, `+4.2 pp`. */
  readonly self: string;
  readonly total: string;
}

export interface GraphFacts {
  readonly label: string;
  /** The whole, in its unit; of a diff both. */
  readonly totals: readonly string[];
  readonly top: readonly TopRow[];
}

export interface ShareFacts {
  readonly layout: ShareLayout;
  readonly graphs: readonly GraphFacts[];
  /** Name and bytes of the file it was made from. */
  readonly file: { readonly name: string; readonly bytes: number } | null;
  /** Where the page shows it as it is now (page-address.ts). Absent of old shares. */
  readonly page?: string;
}

const TOP_ROWS = 10;
const MOST_NAME_CHARS = 200;
/** Of a file with many types, cards name these. */
const MOST_GRAPHS = 8;

/**
 * Checks what it names: there are more graphs only where a file was decoded, and then they are drawn by us.
 * @throws AppError malformed_profile when one of them can't be drawn
 */
export function factsOf(content: ShareContent, file: ShareFacts["file"]): ShareFacts {
  const graphs = content.graphs.slice(0, MOST_GRAPHS).map(graphFacts);
  return { layout: content.layout, graphs, file, page: pageAddress(content) };
}

function graphFacts(graph: ShareGraph): GraphFacts {
  const decoded = decodeLevels(graph.flamebearer, graph.metadata.format);
  if (!decoded.ok) throw malformed(decoded.reason);
  const { model } = decoded;
  const { units, sampleRate, aggregation } = graph.metadata;
  const format = valueFormat({ units, sampleRate, ...(aggregation && { aggregation }) });
  return {
    label: graph.label,
    totals: model.sides.map((side) => format.short(side.total[ROOT] ?? 0)),
    top: isDiff(model) ? changedMost(model) : heaviest(model),
  };
}

function heaviest(model: FlameModel): TopRow[] {
  const top = toTop(model);
  const { name, sides } = top;
  const [side] = sides;
  if (side === undefined) return [];
  const wholes = wholesOf(model);
  return [...name.keys()]
    .sort((a, b) => (side.self[b] ?? 0) - (side.self[a] ?? 0))
    .slice(0, TOP_ROWS)
    .map((row) => ({
      name: shortName(model.names[name[row] ?? 0] ?? ""),
      self: formatShare(rowShare(top, wholes, 0, row, "self")),
      total: formatShare(rowShare(top, wholes, 0, row, "total")),
    }));
}

function changedMost(model: FlameModel): TopRow[] {
  const top = toTop(model);
  const wholes = wholesOf(model);
  const change = (what: "self" | "total", row: number) =>
    rowShare(top, wholes, 1, row, what) - rowShare(top, wholes, 0, row, what);
  return [...top.name.keys()]
    .sort((a, b) => Math.abs(change("self", b)) - Math.abs(change("self", a)))
    .slice(0, TOP_ROWS)
    .map((row) => ({
      name: shortName(model.names[top.name[row] ?? 0] ?? ""),
      self: formatPoints(change("self", row)),
      total: formatPoints(change("total", row)),
    }));
}

const wholesOf = ({ sides }: FlameModel): number[] => sides.map(({ total }) => total[ROOT] ?? 0);

const shortName = (name: string): string => visibleName(name.slice(0, MOST_NAME_CHARS));
