// GET /pyroscope/render: Pyroscope 2's form of /render. Profile type ids, PromQL selectors, true sums.

import { encodeDot } from "../flame/dot.ts";
import { drawFlamebearer } from "../flame/flamebearer.ts";
import { focusFacts } from "../flame/focus.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { parseTimeForm } from "../lib/time-form.ts";
import { ceilTo, floorTo, timelineRung } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import { marksOf, NO_MARKS } from "./annotations.ts";
import type { Answer } from "./answer.ts";
import { parseFocus, parseMaxNodes, parseRange, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { groupsOf } from "./render.ts";
import { metadataV2 } from "./render-diff.ts";
import { appsOf, leastStepOf, resolveQuery } from "./resolve.ts";
import { select, stacksUnder, timelineOf, treeOf } from "./select.ts";
import { v2TimelineGrid } from "./timeline-grid.ts";

/** A picture of more nodes than this is not readable, and graphviz takes minutes for it. */
const DOT_NODES = 100;

export async function renderV2(ports: QueryPorts, query: URLSearchParams): Promise<Answer> {
  const text = query.get("query") ?? "";
  if (text === "") throw invalidArgument('"query" is required');
  const resolved = await resolveQuery(ports, text);
  if (resolved.selector.app.kind !== "type") {
    throw invalidArgument(
      "profile-type selection must be of the form <name>:<sample-type>:<sample-unit>:<period-type>:<period-unit>(:delta)",
    );
  }
  const now = ports.clock();
  for (const name of ["from", "until"]) {
    const given = query.get(name) ?? "";
    if (given !== "" && parseTimeForm(given, now) === 0) throw invalidArgument("missing time range in the query");
  }
  const asked = parseRange(query.get("from") ?? undefined, query.get("until") ?? undefined, now);
  requireShort(asked, ports.limits);
  const range = coveredRange(asked, appsOf(resolved));
  const maxNodes = parseMaxNodes(query, ports.limits);
  const aggregation = query.get("aggregation") === "avg" ? "average" : "sum";
  const isDot = query.get("format") === "dot";
  const grid = v2TimelineGrid(range.from, range.until, leastStepOf(range, resolved));
  const until = grid.start + grid.stepSeconds * grid.count;
  const rung = timelineRung(grid.start, grid.stepSeconds);
  const keep = [query.get("groupBy") ?? ""].filter((name) => name !== "");
  const timeline = isDot ? null : { from: floorTo(rung, grid.start), until: ceilTo(rung, until), rung, keep };
  const path = parseFocus(query);
  const [selection, { shed, annotations }] = await Promise.all([
    select(ports, resolved, range, { tree: true, timeline }),
    timeline === null ? NO_MARKS : marksOf(ports, resolved, range),
  ]);
  const { units, sampleRate, name } = metadataV2(resolved.appName);
  if (isDot) {
    const nodes = query.has("max-nodes") || query.has("maxNodes") ? maxNodes : DOT_NODES;
    const tree = treeOf(stacksUnder(selection, path), aggregation);
    const body = selection.uploads === 0 ? "" : encodeDot(tree, { maxNodes: nodes, unit: units });
    return { kind: "text", body, fileName: null };
  }
  const tree = treeOf(selection, aggregation, path);
  const { flamebearer, hidden } = drawFlamebearer(tree, maxNodes, path);
  const timelineFor = (series: readonly SeriesSums[]) => ({
    startTime: grid.start,
    samples: timelineOf(series, grid, aggregation),
    durationDelta: grid.stepSeconds,
    watermarks: null,
  });
  const groupBy = query.get("groupBy") ?? "";
  return {
    kind: "json",
    body: {
      version: 1,
      flamebearer,
      metadata: { format: "single", spyName: "", sampleRate, units, name },
      timeline: timelineFor(selection.series),
      groups: groupBy === "" ? null : groupsOf(selection.series, groupBy, timelineFor),
      heatmap: null,
      annotations,
      edgeflame: {
        ...range,
        ...hidden,
        focus: path.length === 0 ? null : focusFacts(tree, path),
        aggregation,
        uploads: selection.uploads,
        shed,
        lastSeen: selection.lastSlot,
      },
    },
  };
}
