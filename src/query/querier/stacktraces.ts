// Flame graphs, in each of their forms; merged profiles; and two of them side by side.
import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { SPANS } from "../../config.ts";
import { ProfileSchema } from "../../connect/gen/google/v1/profile_pb.ts";
import {
  type DiffRequest,
  type DiffResponseSchema,
  ProfileFormat,
  type SelectMergeProfileRequest,
  type SelectMergeSpanProfileRequest,
  type SelectMergeSpanProfileResponseSchema,
  type SelectMergeStacktracesRequest,
  type SelectMergeStacktracesResponseSchema,
} from "../../connect/gen/querier/v1/messages_pb.ts";
import type { StackTraceSelector } from "../../connect/gen/types/v1/types_pb.ts";
import { encodeDiff } from "../../flame/diff.ts";
import { encodeDot } from "../../flame/dot.ts";
import { encodeWideDiff, encodeWideFlamebearer, isWide } from "../../flame/exact-levels.ts";
import { encodeFlamebearer } from "../../flame/flamebearer.ts";
import type { MeasuredTree } from "../../flame/stack-tree.ts";
import { keptFrom } from "../../flame/threshold.ts";
import { encodeTree } from "../../flame/tree-bytes.ts";
import { encodePprof, type StacksPart } from "../../formats/pprof/encode.ts";
import { cutStacks, forPgo } from "../../formats/pprof/reshape.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { parseProfileType } from "../../profile/profile-type.ts";
import { NO_SPAN, SPAN_ID, TRACE_ID } from "../../profile/spans.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { appsOf } from "../resolve.ts";
import { type Selection, select, stacksUnder, treeOf } from "../select.ts";
import { int64 } from "./int64.ts";
import { maxNodesOf, rangeOf, resolveType } from "./scope.ts";
import { selectProfiles } from "./select-profiles.ts";

/** A picture of more functions than this is not readable. */
const DOT_NODES = 100;
const NANOSECONDS_PER_MS = 1_000_000n;

interface StackQuestion {
  readonly profileTypeID: string;
  readonly labelSelector: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly stackTraceSelector?: StackTraceSelector | undefined;
  readonly profileIdSelector?: readonly string[];
  readonly traceIdSelector?: readonly string[];
  readonly spanSelector?: readonly string[];
}

export type StacktracesAnswer = MessageInitShape<typeof SelectMergeStacktracesResponseSchema>;

export async function selectMergeStacktraces(
  ports: QueryPorts,
  request: SelectMergeStacktracesRequest,
): Promise<StacktracesAnswer> {
  const maxNodes = maxNodesOf(ports, request.maxNodes);
  const selection = await selectionOf(ports, request);
  switch (request.format) {
    case ProfileFormat.TREE:
      return { tree: encodeTree(treeOf(selection, "sum"), maxNodes) };
    case ProfileFormat.DOT: {
      const nodes = request.maxNodes === undefined || request.maxNodes === 0n ? DOT_NODES : maxNodes;
      const unit = parseProfileType(request.profileTypeID)?.sampleUnit ?? "";
      return { dot: selection.uploads === 0 ? "" : encodeDot(treeOf(selection, "sum"), { maxNodes: nodes, unit }) };
    }
    case ProfileFormat.PPROF: {
      const parts = reshaped(selection.parts, request.stackTraceSelector, 0);
      return { pprof: { profile: profileOf({ ...selection, parts }, request) } };
    }
    case ProfileFormat.UNSPECIFIED:
    case ProfileFormat.FLAMEGRAPH:
      return { flamegraph: flameGraphOf(treeOf(selection, "sum"), maxNodes) };
    default:
      throw invalidArgument(`unknown profile format ${request.format}`);
  }
}

export async function selectMergeSpanProfile(
  ports: QueryPorts,
  request: SelectMergeSpanProfileRequest,
): Promise<MessageInitShape<typeof SelectMergeSpanProfileResponseSchema>> {
  const { format, ...question } = request;
  const maxNodes = maxNodesOf(ports, request.maxNodes);
  // Who asks for the profile of no span gets that of none.
  const spanSelector = question.spanSelector.length === 0 ? [NO_SPAN] : question.spanSelector;
  const tree = treeOf(await selectionOf(ports, { ...question, spanSelector }), "sum");
  return format === ProfileFormat.TREE
    ? { tree: encodeTree(tree, maxNodes) }
    : { flamegraph: flameGraphOf(tree, maxNodes) };
}

/** Without a number of nodes: all. */
export async function selectMergeProfile(ports: QueryPorts, request: SelectMergeProfileRequest) {
  const isCut = request.maxNodes !== undefined && request.maxNodes !== 0n;
  const maxNodes = isCut ? maxNodesOf(ports, request.maxNodes) : 0;
  const selection = await selectionOf(ports, request);
  return profileOf({ ...selection, parts: reshaped(selection.parts, request.stackTraceSelector, maxNodes) }, request);
}

/** Options of Go's optimizer go before the others, as upstream. */
function reshaped(
  parts: readonly StacksPart[],
  selector: StackTraceSelector | undefined,
  maxNodes: number,
): readonly StacksPart[] {
  if (selector?.goPgo !== undefined) return [forPgo(parts, selector.goPgo)];
  return maxNodes === 0 ? parts : [cutStacks(parts, (totals) => keptFrom(totals, maxNodes))];
}

export async function diff(
  ports: QueryPorts,
  { left, right }: DiffRequest,
): Promise<MessageInitShape<typeof DiffResponseSchema>> {
  if (left === undefined || right === undefined) throw invalidArgument("left and right are both required");
  // As upstream: the larger number, and types that need not be the same.
  const [ofLeft, ofRight] = [left.maxNodes ?? 0n, right.maxNodes ?? 0n];
  const maxNodes = maxNodesOf(ports, ofRight > ofLeft ? ofRight : ofLeft);
  const leftSide = await selectionOf(ports, left); // one after the other: six calls may be open
  const rightSide = await selectionOf(ports, right);
  const [before, after] = [treeOf(leftSide, "sum"), treeOf(rightSide, "sum")];
  const { names, levels, maxSelf, leftTicks, rightTicks } =
    isWide(before) || isWide(after) ? encodeWideDiff(before, after, maxNodes) : encodeDiff(before, after, maxNodes);
  return {
    flamegraph: {
      names: [...names],
      levels: levels.map(levelOf),
      total: int64(BigInt(leftTicks) + BigInt(rightTicks)),
      maxSelf: int64(maxSelf),
      leftTicks: int64(leftTicks),
      rightTicks: int64(rightTicks),
    },
  };
}

const levelOf = (values: readonly (number | bigint)[]) => ({ values: values.map(int64) });

function requireIds(ids: readonly string[], form: RegExp, what: string): void {
  const bad = ids.find((id) => !form.test(id));
  const digits = form === SPAN_ID ? 16 : 32;
  if (bad !== undefined)
    throw invalidArgument(
      `invalid ${what} id ${JSON.stringify(bad.slice(0, 100))}: expected ${digits} hexadecimal digits`,
    );
}

async function selectionOf(ports: QueryPorts, question: StackQuestion): Promise<Selection> {
  const { spanSelector = [], traceIdSelector = [], profileIdSelector = [] } = question;
  const asked = rangeOf(ports, question);
  requireIds(spanSelector, SPAN_ID, "span");
  requireIds(traceIdSelector, TRACE_ID, "trace");
  if (spanSelector.length > 0 && traceIdSelector.length > 0)
    throw invalidArgument("span_selector and trace_id_selector can't be used together");
  const resolved = await resolveType(ports, question.profileTypeID, question.labelSelector);
  if (spanSelector.length + traceIdSelector.length > SPANS.idsPerQuery)
    throw invalidArgument(`at most ${SPANS.idsPerQuery} ids of spans or traces can be asked for at once`);
  const wanted = spanSelector.length + traceIdSelector.length > 0;
  const lower = (ids: readonly string[]) => ids.map((id) => id.toLowerCase());
  const spans = wanted ? { spans: { spans: lower(spanSelector), traces: lower(traceIdSelector) } } : {};
  const want = { tree: true, timeline: null, ...spans };
  // Spans are kept by slots; anything else snaps to what is kept.
  const range = wanted ? asked : coveredRange(asked, appsOf(resolved));
  const selection =
    profileIdSelector.length > 0
      ? await selectProfiles(ports, resolved, { ids: profileIdSelector, range, want })
      : await select(ports, resolved, range, want);
  const { callSite = [], goPgo } = question.stackTraceSelector ?? {};
  if (goPgo !== undefined) return selection;
  return stacksUnder(
    selection,
    callSite.map(({ name }) => name),
  );
}

function flameGraphOf(tree: MeasuredTree, maxNodes: number) {
  if (isWide(tree)) {
    const { names, levels, total, maxSelf } = encodeWideFlamebearer(tree, maxNodes);
    return { names: [...names], levels: levels.map(levelOf), total: int64(total), maxSelf: int64(maxSelf) };
  }
  const { names, levels, numTicks, maxSelf } = encodeFlamebearer(tree, maxNodes);
  return { names, levels: levels.map(levelOf), total: int64(numTicks), maxSelf: int64(maxSelf) };
}

/** Of a type, the period that Pyroscope puts there. */
const PERIODS: Readonly<Record<string, bigint>> = { process_cpu: 1_000_000_000n, memory: 524_288n };

function profileOf({ parts, uploads }: Selection, { profileTypeID, start, end }: StackQuestion) {
  const type = parseProfileType(profileTypeID);
  if (type === null || uploads === 0) return {};
  const bytes = encodePprof({
    sampleType: type.sampleType,
    unit: type.sampleUnit,
    periodType: type.periodType,
    periodUnit: type.periodUnit,
    period: PERIODS[type.name] ?? 1n,
    timeNanos: end * NANOSECONDS_PER_MS,
    durationNanos: (end - start) * NANOSECONDS_PER_MS,
    parts,
  });
  return fromBinary(ProfileSchema, bytes);
}
