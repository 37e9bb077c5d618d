// GET render-diff: two queries merged into one double flame graph.
import { z } from "zod";
import { Flamebearer, Focus, HiddenFacts, RenderMetadata } from "./render.ts";
import { Aggregation } from "./services.ts";

export const RenderDiffQuery = z.object({
  leftQuery: z.string().min(1),
  leftFrom: z.string().optional(),
  leftUntil: z.string().optional(),
  rightQuery: z.string().min(1),
  rightFrom: z.string().optional(),
  rightUntil: z.string().optional(),
  "max-nodes": z.string().optional(),
  focus: z.union([z.string(), z.array(z.string())]).optional(),
  /** `json` or `html`. */
  format: z.string().optional(),
});
export type RenderDiffQuery = z.infer<typeof RenderDiffQuery>;

const DiffSide = z.object({
  /** The range really covered, unix seconds. */
  from: z.number(),
  until: z.number(),
  uploads: z.number(),
  lastSeen: z.number().nullable(),
});

export const RenderDiffResponse = z.object({
  version: z.number(),
  /** Levels of 7; numTicks is leftTicks + rightTicks. */
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  leftTicks: z.number(),
  rightTicks: z.number(),
  timeline: z.null(),
  groups: z.null(),
  edgeflame: z.object({
    left: DiffSide,
    right: DiffSide,
    ...HiddenFacts,
    focus: Focus.extend({ leftTotal: z.number(), rightTotal: z.number() }).nullable(),
    aggregation: Aggregation,
  }),
});
export type RenderDiffResponse = z.infer<typeof RenderDiffResponse>;
