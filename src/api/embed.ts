// Live embeds: what POST api/embeds takes and answers, and what GET api/embeds lists.
import { z } from "zod";
import { FrameHosts, LifeDays, Redaction, ShareAnswer, Title } from "./share.ts";

const MOST_QUERY_CHARS = 16_384;
const RANGE_LEAST = 60;
const RANGE_MOST = 30 * 86_400;

export const EmbedRequest = z.strictObject({
  title: Title.optional(),
  /** As GET /render takes it. It is fixed from here on: nothing in the link changes it. */
  query: z.string().min(1).max(MOST_QUERY_CHARS),
  /** Up to now. */
  rangeSeconds: z.number().int().min(RANGE_LEAST).max(RANGE_MOST).optional(),
  /** Null: until it is revoked. */
  expiresInDays: LifeDays.nullable().optional(),
  redact: Redaction.optional(),
  /** Hosts whose pages may frame it. Null: any. */
  frameHosts: FrameHosts.nullable().optional(),
});
export type EmbedRequest = z.infer<typeof EmbedRequest>;

/** `url` holds the token, which is told once; HTTP DELETE of `deleteUrl` revokes it. */
export const EmbedAnswer = ShareAnswer.omit({ key: true }).extend({
  /** What it is called in GET api/embeds and DELETE api/embeds/<id>. */
  id: z.number(),
});
export type EmbedAnswer = z.infer<typeof EmbedAnswer>;

/** Of GET api/embeds. Their links are known to who made them only. */
export const EmbedsResponse = z.object({
  embeds: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      query: z.string(),
      rangeSeconds: z.number(),
      redact: Redaction,
      /** Null: any. */
      frameHosts: FrameHosts.nullable(),
      /** Unix seconds. */
      createdAt: z.number(),
      /** Unix seconds; null: until it is revoked. */
      expiresAt: z.number().nullable(),
      /** Unix seconds of what is shown; null: nobody looked yet. */
      renderedAt: z.number().nullable(),
    }),
  ),
  /** For `before`, to get those that come next; null: there are no more. */
  next: z.number().nullable(),
});
export type EmbedsResponse = z.infer<typeof EmbedsResponse>;
