// GET api/exemplars:query of Pyroscope 0.3x: how heavy single requests were, and the flame graph of those that are chosen.
import { z } from "zod";
import { Flamebearer, RenderMetadata } from "./render.ts";

export const ExemplarsQuery = z.object({
  /** FlameQL, as /render takes it. */
  query: z.string().min(1),
  /** Time forms; absent: now. */
  startTime: z.string().optional(),
  endTime: z.string().optional(),
  /** Instead of startTime and endTime. */
  from: z.string().optional(),
  until: z.string().optional(),
  /** Only requests whose value is at least this, and at most that; 0: any. */
  minValue: z.string().optional(),
  maxValue: z.string().optional(),
  /** Columns and rows of the heatmap, 512 at most; absent: 128 and 32. Both 0: no heatmap, and the selection's range. */
  heatmapTimeBuckets: z.string().optional(),
  heatmapValueBuckets: z.string().optional(),
  /** What of the heatmap the flame graph is of; absent: all of it. */
  selectionStartTime: z.string().optional(),
  selectionEndTime: z.string().optional(),
  selectionMinValue: z.string().optional(),
  selectionMaxValue: z.string().optional(),
  "max-nodes": z.string().optional(),
});

export const Heatmap = z.object({
  /** Requests by column (time) and row (value), from the lowest. */
  values: z.array(z.array(z.number())),
  timeBuckets: z.number(),
  valueBuckets: z.number(),
  /** Nanoseconds since 1970. */
  startTime: z.number(),
  endTime: z.number(),
  minValue: z.number(),
  maxValue: z.number(),
  /** The smallest and the largest number in a cell, without those of 0. */
  minDepth: z.number(),
  maxDepth: z.number(),
});
export type Heatmap = z.infer<typeof Heatmap>;

export const ExemplarsResponse = z.object({
  version: z.number(),
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  timeline: z.null(),
  groups: z.null(),
  /** Null when there are no requests, or no heatmap was asked for. */
  heatmap: Heatmap.nullable(),
});
export type ExemplarsResponse = z.infer<typeof ExemplarsResponse>;
