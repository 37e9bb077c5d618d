// POST /merge: what was sampled in chosen requests, in one flame graph. Exemplars of the old API are our spans (decision 0024).
import type { MergeRequest, MergeResponse } from "../api/merge.ts";
import { SPANS } from "../config.ts";
import { drawFlamebearer } from "../flame/flamebearer.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { parseAppName } from "../profile/app-name.ts";
import { drawnAs } from "../profile/profile-type.ts";
import { selectorOfName } from "../profile/selector.ts";
import { SPAN_ID } from "../profile/spans.ts";
import { nodesWithin, parseRange, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { appsOf, resolveSelector } from "./resolve.ts";
import { select, treeOf } from "./select.ts";

/** @throws AppError invalid_argument */
export async function mergeExemplars(ports: QueryPorts, request: MergeRequest): Promise<MergeResponse> {
  const { appName, profiles, maxNodes } = request;
  if (appName === "") throw invalidArgument("application name required");
  if (profiles.length === 0) throw invalidArgument("at least one profile ID must be specified");
  if (profiles.length > SPANS.idsPerQuery)
    throw invalidArgument(`at most ${SPANS.idsPerQuery} profiles at once, not ${profiles.length}`);
  const { app, labels } = parseAppName(appName);
  const resolved = await resolveSelector(ports, appName, selectorOfName(app, labels));
  const asked = parseRange(
    textOf(request.startTime ?? request.from),
    textOf(request.endTime ?? request.until),
    ports.clock(),
    ["startTime", "endTime"],
  );
  requireShort(asked, ports.limits);
  const range = coveredRange(asked, appsOf(resolved));
  const spans = profiles.filter((id) => SPAN_ID.test(id)).map((id) => id.toLowerCase());
  const targets = spans.length === 0 ? [] : resolved.targets;
  const selection = await select(ports, { ...resolved, targets }, range, {
    tree: true,
    timeline: null,
    spans: { spans, traces: [] },
  });
  // Samples of single requests are counts of their own: an average per upload would say nothing.
  const { flamebearer } = drawFlamebearer(treeOf(selection, "sum"), nodesWithin(ports.limits, maxNodes ?? 0));
  return {
    version: 1,
    flamebearer,
    metadata: {
      format: "single",
      ...drawnAs(resolved.targets[0]?.type),
      name: resolved.appName,
    },
    timeline: null,
    groups: null,
    mergeMetadata: {
      appName: resolved.appName,
      startTime: String(range.from),
      endTime: String(range.until),
      profilesLength: profiles.length,
    },
    queryID: "",
  };
}

const textOf = (time: string | number | undefined): string | undefined =>
  time === undefined ? undefined : String(time);
