// GET render-diff: two queries merged into one double flame graph.
import { z } from "zod";
import { Flamebearer, RenderMetadata } from "./render.ts";

export const RenderDiffQuery = z.object({
  leftQuery: z.string().min(1),
  leftFrom: z.string().optional(),
  leftUntil: z.string().optional(),
  rightQuery: z.string().min(1),
  rightFrom: z.string().optional(),
  rightUntil: z.string().optional(),
  "max-nodes": z.string().optional(),
  format: z.string().optional(),
});
export type RenderDiffQuery = z.infer<typeof RenderDiffQuery>;

export const RenderDiffResponse = z.object({
  version: z.number(),
  /** Levels of 7; numTicks is leftTicks + rightTicks. */
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  leftTicks: z.number(),
  rightTicks: z.number(),
});
export type RenderDiffResponse = z.infer<typeof RenderDiffResponse>;
