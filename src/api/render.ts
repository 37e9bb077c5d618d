// GET render: one merged flame graph with its timeline, in the shape Pyroscope 0.3x answers with, plus what
// the page needs beside it under `edgeflame`.
import { z } from "zod";
import { Annotation } from "./annotations.ts";
import { Aggregation } from "./services.ts";

export const RenderQuery = z.object({
  /** FlameQL, or a selector whose metric name is a profile type id. */
  query: z.string().min(1),
  /** Time forms: `now-1h`, `now`, unix seconds, ms, µs, ns. */
  from: z.string().optional(),
  until: z.string().optional(),
  "max-nodes": z.string().optional(),
  /** May come several times: frame names from below the root. The answer is the subtree under the last of them. */
  focus: z.union([z.string(), z.array(z.string())]).optional(),
  /** One label; the answer then has one timeline per value. */
  groupBy: z.string().optional(),
  format: z.string().optional(),
});
export type RenderQuery = z.infer<typeof RenderQuery>;

/** True sums per slot (averages for gauges). 0 says that nothing was uploaded; null never occurs. */
export const Timeline = z.object({
  /** Unix seconds of the first slot. */
  startTime: z.number(),
  samples: z.array(z.number()),
  /** Seconds per slot. */
  durationDelta: z.number(),
  watermarks: z.record(z.string(), z.number()).nullable(),
});
export type Timeline = z.infer<typeof Timeline>;

/**
 * The tree, one flat integer array per level, nodes left to right.
 *
 *   single: [x step, total, self, name]…                                   4 per node
 *   double: [left x step, total, self, right x step, total, self, name]…   7 per node
 *
 * An x step counts from the end (x + total) of the node before it on the same level.
 */
export const Flamebearer = z.object({
  names: z.array(z.string()),
  levels: z.array(z.array(z.number())),
  numTicks: z.number(),
  maxSelf: z.number(),
});
export type Flamebearer = z.infer<typeof Flamebearer>;

export const RenderMetadata = z.object({
  format: z.enum(["single", "double"]),
  spyName: z.string(),
  sampleRate: z.number(),
  units: z.string(),
  name: z.string(),
  appName: z.string().optional(),
  /** Unix seconds. */
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  query: z.string().optional(),
  maxNodes: z.number().optional(),
});
export type RenderMetadata = z.infer<typeof RenderMetadata>;

/** The subtree that was asked for with `focus`. Frames of its path keep their totals of the whole; siblings are left out. */
export const Focus = z.object({
  path: z.array(z.string()).readonly(),
  /** Frames of the path that exist, one below the other. */
  matched: z.number(),
  /** Whether all of them do. If not, there is nothing below the frames that do. */
  found: z.boolean(),
});

/** What max-nodes cut off, in the subtree in focus if there is one. */
export const HiddenFacts = {
  /** Nodes without a box of their own. */
  hiddenNodes: z.number(),
  /** What of the total they hold; it is in `other` boxes. */
  otherTotal: z.number(),
  /** The largest total among them: every node above it is shown. In a diff, on the side where it is larger. */
  largestHidden: z.number(),
};

/** Facts that the old shape has no place for. */
export const RenderFacts = z.object({
  /** The range really covered, unix seconds: the one asked for, widened to the finest grid still kept. */
  from: z.number(),
  until: z.number(),
  ...HiddenFacts,
  focus: Focus.extend({ total: z.number() }).nullable(),
  aggregation: Aggregation,
  uploads: z.number(),
  /** Times in which uploads were over the tenant's rate: their totals are in the timeline, their stacks are not in the graph. */
  shed: z.array(z.object({ from: z.number(), until: z.number(), uploads: z.number() })),
  /** When the query's service and type last sent anything, whatever the range; null when never. */
  lastSeen: z.number().nullable(),
});
export type RenderFacts = z.infer<typeof RenderFacts>;

export const RenderResponse = z.object({
  version: z.number(),
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  timeline: Timeline,
  /** Label value → timeline, when groupBy was given. `*` for series without the label. */
  groups: z.record(z.string(), Timeline).nullable(),
  /** Remarks on the app within the range, by time. */
  annotations: z.array(Annotation),
  edgeflame: RenderFacts,
});
export type RenderResponse = z.infer<typeof RenderResponse>;
