// Resolved tables → Profile: every stack becomes a path of the call tree, root first.
//
// The cost is one hash probe per frame. Neighbouring samples mostly share their outer frames, so
// the part that equals the sample before is not looked up again.
import { tooLarge } from "../../lib/app-error.ts";
import type { Note, Profile, ValueType } from "../../profile/profile.ts";
import { StackDictionary } from "../../profile/stack-dictionary.ts";
import { LocationFrames } from "./frames.ts";
import { sampleLabels } from "./sample-labels.ts";
import type { PprofTables, RawValueType } from "./tables.ts";

export interface CallTreeOptions {
  /** Sample labels to leave out. */
  readonly ignoredLabels: ReadonlySet<string>;
  /** Grow this dictionary instead of a new one. */
  readonly stacks?: StackDictionary;
}

export function buildProfile(tables: PprofTables, options: CallTreeOptions): Profile {
  const notes: Note[] = [];
  const stacks = options.stacks ?? new StackDictionary(Math.min(1 << 16, Math.max(256, tables.sampleCount)));
  const frames = new LocationFrames(tables, stacks);
  const kept = keepSamples(tables, notes);
  const { nodes, truncated } = walkStacks(tables, kept, frames, stacks);
  if (truncated > 0)
    notes.push({
      what: "depth_truncated",
      detail: `${truncated} stacks deeper than ${tables.limits.stackDepth} frames kept their root side`,
    });
  notes.push(...frames.notes());
  const { ofSample, sets, notes: labelNotes } = sampleLabels(tables, options.ignoredLabels);
  notes.push(...labelNotes);
  return {
    sampleTypes: tables.sampleTypes.map((type) => valueType(tables, type)),
    periodType: valueType(tables, tables.periodType),
    period: tables.period,
    timeNanos: tables.timeNanos,
    durationNanos: tables.durationNanos,
    stacks,
    sampleNodes: nodes,
    sampleValues: keptValues(tables, kept),
    sampleLabels: kept.length === ofSample.length ? ofSample : kept.map((s) => ofSample[s]!),
    labelSets: sets,
    notes,
  };
}

const valueType = (tables: PprofTables, { type, unit }: RawValueType): ValueType => ({
  type: tables.text(type),
  unit: tables.text(unit),
});

/** Indices of the samples that count: none of their values is negative and some is not zero. */
function keepSamples(tables: PprofTables, notes: Note[]): Int32Array {
  const words = tables.valueWords.values;
  const width = tables.sampleTypes.length * 2;
  const kept = new Int32Array(tables.sampleCount);
  let count = 0;
  let negative = 0;
  for (let s = 0; s < tables.sampleCount; s++) {
    let any = 0;
    let sign = 0;
    for (let at = s * width, end = at + width; at < end; at += 2) {
      any |= words[at]! | words[at + 1]!;
      sign |= words[at + 1]!;
    }
    if (sign < 0) negative++;
    else if (any !== 0) kept[count++] = s;
  }
  if (negative > 0) notes.push({ what: "samples_dropped", detail: `${negative} samples with a negative value` });
  return kept.subarray(0, count);
}

function keptValues(tables: PprofTables, kept: Int32Array): BigInt64Array {
  const { values: words, length } = tables.valueWords;
  if (kept.length === tables.sampleCount) return new BigInt64Array(words.buffer, 0, length >> 1);
  const width = tables.sampleTypes.length * 2;
  const packed = new Int32Array(kept.length * width);
  for (let i = 0; i < kept.length; i++) {
    const from = kept[i]! * width;
    for (let k = 0; k < width; k++) packed[i * width + k] = words[from + k]!;
  }
  return new BigInt64Array(packed.buffer);
}

function walkStacks(
  tables: PprofTables,
  kept: Int32Array,
  frames: LocationFrames,
  stacks: StackDictionary,
): { nodes: Int32Array; truncated: number } {
  const { stackDepth, nodesPerProfile } = tables.limits;
  const refs = tables.stackLocations.low;
  const ends = tables.sampleStackEnds.values;
  const { starts: frameStarts, ends: frameEnds } = frames;
  const nodes = new Int32Array(kept.length);
  // Of the sample before: node and depth after each of its outermost `known` locations.
  const pathNodes = new Int32Array(stackDepth + 1);
  const pathDepths = new Int32Array(stackDepth + 1);
  let known = 0;
  let knownEnd = 0;
  let truncated = 0;
  for (let i = 0; i < kept.length; i++) {
    const s = kept[i]!;
    const from = s === 0 ? 0 : ends[s - 1]!;
    const to = ends[s]!;
    let k = 0;
    for (const most = Math.min(known, to - from); k < most; k++) if (refs[to - 1 - k] !== refs[knownEnd - 1 - k]) break;
    let node = k === 0 ? 0 : pathNodes[k - 1]!;
    let depth = k === 0 ? 0 : pathDepths[k - 1]!;
    const locations = to - from;
    for (; k < locations; k++) {
      const location = refs[to - 1 - k]!;
      if (frameStarts[location]! < 0) frames.need(location);
      const list = frames.list.values;
      let frame = frameStarts[location]!;
      const frameEnd = frameEnds[location]!;
      while (frame < frameEnd && depth < stackDepth) {
        node = stacks.child(node, list[frame++]!);
        depth++;
      }
      if (frame < frameEnd) {
        truncated++;
        break;
      }
      pathNodes[k] = node;
      pathDepths[k] = depth;
    }
    known = k;
    knownEnd = to;
    nodes[i] = node;
    if (stacks.nodes.count > nodesPerProfile)
      throw tooLarge(
        "nodesPerProfile",
        `over ${nodesPerProfile}`,
        nodesPerProfile,
        "the profile has too many call-tree nodes",
      );
  }
  return { nodes, truncated };
}
