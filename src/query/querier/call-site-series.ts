// Series of what is sampled under a call site: sums alone don't know stacks, so each point is a flame graph of its own, of which
// only the total under the path is kept. Few points, therefore.
import { SLOT_SECONDS } from "../../config.ts";
import type { SelectSeriesRequest } from "../../connect/gen/querier/v1/querier_pb.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { LIMB } from "../../lib/wide-sums.ts";
import { ceilTo } from "../../segment/ladder.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { appsOf } from "../resolve.ts";
import { select, stacksUnder } from "../select.ts";
import { isOwnLabel, rangeOf, requireSteps, resolveType } from "./scope.ts";
import { groupOfSeries } from "./series-groups.ts";
import type { SeenNode } from "./time-series.ts";

/** Points of all apps together: each takes a few requests, of the thousand that one question may make. */
const MOST_POINTS = 60;

/** @throws AppError invalid_argument */
export async function eachCallSite(
  ports: QueryPorts,
  request: SelectSeriesRequest,
  path: readonly string[],
  visit: (node: SeenNode) => void,
): Promise<void> {
  rangeOf(ports, request);
  requireSteps(request);
  const label = request.groupBy.find((name) => !isOwnLabel(name));
  if (label !== undefined)
    throw invalidArgument(
      `stack_trace_selector and group_by ${JSON.stringify(label.slice(0, 100))} can't be used together`,
    );
  const resolved = await resolveType(ports, request.profileTypeID, request.labelSelector);
  const { step } = request;
  const first = Number(request.start) / 1000 - step;
  const last = Math.floor((Number(request.end - request.start) / 1000 + 1e-9) / step);
  const points = (last + 1) * Math.max(1, resolved.targets.length);
  if (points > MOST_POINTS)
    throw invalidArgument(
      `stack_trace_selector: at most ${MOST_POINTS} points at once, not ${points}; ask for a wider step`,
    );
  const edge = (point: number) => Math.max(0, ceilTo(SLOT_SECONDS, first + point * step));
  for (const target of resolved.targets) {
    const group = groupOfSeries(target, [], request.groupBy);
    for (let point = 0; point <= last; point++) {
      const range = { from: edge(point), until: edge(point + 1) };
      if (range.from >= range.until) continue;
      const kept = coveredRange(range, appsOf(resolved));
      if (kept.from !== range.from || kept.until !== range.until)
        throw invalidArgument(
          "stack_trace_selector: stacks are no longer kept for steps this fine; ask for a wider step",
        );
      const selection = await select(ports, { ...resolved, targets: [target] }, range, { tree: true, timeline: null });
      const total = stacksUnder(selection, path).parts.reduce((sum, { values }) => sum + values.total(), 0n);
      if (total === 0n) continue;
      const [low, high] = [Number(total % BigInt(LIMB)), Number(total / BigInt(LIMB))];
      const { uploads } = selection;
      visit({ target, labels: [], group, point, at: range.from, rung: SLOT_SECONDS, low, high, uploads });
    }
  }
}
