// api/adhoc/v1 of Pyroscope 0.3x: files that are kept to be looked at again.
import { z } from "zod";

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
