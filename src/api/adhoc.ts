// api/adhoc/v1 of Pyroscope 0.3x: files that are kept to be looked at again.
import { z } from "zod";
import { Flamebearer, RenderMetadata } from "./render.ts";

export const AdhocUpload = z.object({
  filename: z.string().default(""),
  /** Base64. */
  profile: z.string(),
  type: z.string().max(100).optional(),
  fileTypeData: z.object({ units: z.string().max(100).optional(), spyName: z.string().max(100).optional() }).optional(),
});
export type AdhocUpload = z.infer<typeof AdhocUpload>;

/** By id. */
export const AdhocProfiles = z.record(
  z.string(),
  z.object({
    id: z.string(),
    name: z.string(),
    /** ISO 8601. */
    updatedAt: z.string(),
  }),
);
export type AdhocProfiles = z.infer<typeof AdhocProfiles>;

/** A graph of a file, as /render answers one. */
export const AdhocProfile = z.object({
  version: z.number(),
  flamebearer: Flamebearer,
  metadata: RenderMetadata,
  timeline: z.null(),
  groups: z.null(),
  heatmap: z.null(),
  /** Of a difference. */
  leftTicks: z.number().optional(),
  rightTicks: z.number().optional(),
});
export type AdhocProfile = z.infer<typeof AdhocProfile>;

/** Of POST api/adhoc/v1/upload. */
export const AdhocAnswer = z.object({ id: z.string(), flamebearer: AdhocProfile });
export type AdhocAnswer = z.infer<typeof AdhocAnswer>;
