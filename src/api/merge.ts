// POST merge of Pyroscope 0.3x: the flame graph of chosen exemplars, which agents name by the label profile_id.
import { z } from "zod";
import { Flamebearer, RenderMetadata } from "./render.ts";

const TimeForm = z.union([z.string().max(100), z.number()]);

export const MergeRequest = z.object({
  /** As /render takes it, without labels. */
  appName: z.string().max(65_536).default(""),
  /** Ids of 16 hexadecimal digits; of others nothing is known. */
  profiles: z.array(z.string().max(200)).default([]),
  /** Time forms of /render; absent: now. */
  startTime: TimeForm.optional(),
  endTime: TimeForm.optional(),
  /** Instead of startTime and endTime. */
  from: TimeForm.optional(),
  until: TimeForm.optional(),
  maxNodes: z.number().int().optional(),
});
export type MergeRequest = z.infer<typeof MergeRequest>;

export const MergeResponse = z.object({
  version: z.number(),
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  timeline: z.null(),
  groups: z.null(),
  mergeMetadata: z.object({
    appName: z.string(),
    /** Unix seconds, as text. */
    startTime: z.string(),
    endTime: z.string(),
    profilesLength: z.number(),
  }),
  /** Always empty: answers are not kept. */
  queryID: z.string(),
});
export type MergeResponse = z.infer<typeof MergeResponse>;
