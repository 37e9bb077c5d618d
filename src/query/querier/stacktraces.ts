// Flame graphs, in each of their forms; merged profiles; and two of them side by side.
import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
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
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { parseProfileType } from "../../profile/profile-type.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { appsOf } from "../resolve.ts";
import { type Selection, select, stacksUnder, treeOf } from "../select.ts";
import { maxNodesOf, rangeOf, resolveType } from "./scope.ts";

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

type StacktracesAnswer = MessageInitShape<typeof SelectMergeStacktracesResponseSchema>;

export async function selectMergeStacktraces(
  ports: QueryPorts,
  request: SelectMergeStacktracesRequest,
): Promise<StacktracesAnswer> {
  if (request.async !== undefined)
    throw new AppError(
      "unimplemented",
      "asynchronous queries are not there: ask without `async`, long ranges answer at once",
    );
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

/** Spans are not kept apart: no sample is known to belong to one. */
export async function selectMergeSpanProfile(
  ports: QueryPorts,
  request: SelectMergeSpanProfileRequest,
): Promise<MessageInitShape<typeof SelectMergeSpanProfileResponseSchema>> {
  const { format, ...question } = request;
  const maxNodes = maxNodesOf(ports, request.maxNodes);
  requireIds(question.spanSelector, SPAN_ID, "span");
  const none = await selectionOf(ports, { ...question, spanSelector: ["0000000000000000"] });
  const tree = treeOf(none, "sum");
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
  const maxNodes = maxNodesOf(ports, left.maxNodes);
  maxNodesOf(ports, right.maxNodes);
  const leftSide = await selectionOf(ports, left); // one after the other: six calls may be open
  const rightSide = await selectionOf(ports, right);
  if (left.profileTypeID !== right.profileTypeID) throw invalidArgument("profile types must match");
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

const INT64_MOST = 2n ** 63n - 1n;

/** Sums of many uploads may pass what the message can say: there they stop. */
function int64(value: number | bigint): bigint {
  const exact = BigInt(value);
  return exact > INT64_MOST ? INT64_MOST : exact;
}

const levelOf = (values: readonly (number | bigint)[]) => ({ values: values.map(int64) });

const SPAN_ID = /^[0-9a-fA-F]{16}$/;
const TRACE_ID = /^[0-9a-fA-F]{32}$/;

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
  // Nothing is stored under ids of profiles, traces and spans: whoever asks for one gets what there is of it.
  const hasIds = spanSelector.length + traceIdSelector.length + profileIdSelector.length > 0;
  const targets = hasIds ? [] : resolved.targets;
  const range = coveredRange(asked, appsOf(resolved));
  const selection = await select(ports, { ...resolved, targets }, range, { tree: true, timeline: null });
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
