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
  /** The `after` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type SharesResponse = z.infer<typeof SharesResponse>;

export const ClaimAnswer = z.object({
  /** ISO 8601; null: never. */
  expiresAt: z.string().nullable(),
  /** Whether it had been claimed already: then nothing was changed. */
  wasClaimedBefore: z.boolean(),
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
  /** The preview image, where it is no larger than was asked for. */
  thumbnail_url: z.string().optional(),
  thumbnail_width: z.number().optional(),
  thumbnail_height: z.number().optional(),
});
export type OembedAnswer = z.infer<typeof OembedAnswer>;

/** Of GET api/reports. */
export const ReportsResponse = z.object({
  reports: z.array(
    z.object({
      id: z.number(),
      /** Of the share. */
      key: z.string(),
      /** Of the share; null when it is gone meanwhile. */
      title: z.string().nullable(),
      /** Unix seconds. */
      createdAt: z.number(),
      reason: z.string(),
      details: z.string(),
    }),
  ),
  /** The `before` of the next page; null on the last one. */
  next: z.number().nullable(),
});
export type ReportsResponse = z.infer<typeof ReportsResponse>;
