// What the smaller routes about shares answer with.
import { z } from "zod";

/** Of GET api/shares. */
export const SharesResponse = z.object({
  shares: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      /** Unix seconds. */
      createdAt: z.number(),
      /** Unix seconds; null: never. */
      expiresAt: z.number().nullable(),
      storedBytes: z.number(),
      /** Whether it is the tenant's own: a snapshot, or an upload that was claimed. */
      isClaimed: z.boolean(),
    }),
  ),
});
export type SharesResponse = z.infer<typeof SharesResponse>;

export const ClaimAnswer = z.object({
  /** ISO 8601. */
  expiresAt: z.string(),
});
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

export const OembedAnswer = z.object({
  version: z.literal("1.0"),
  type: z.literal("rich"),
  provider_name: z.string(),
  provider_url: z.string(),
  title: z.string(),
  width: z.number(),
  height: z.number(),
  /** Seconds. */
  cache_age: z.number(),
  /** The element that embeds it. */
  html: z.string(),
});
export type OembedAnswer = z.infer<typeof OembedAnswer>;
