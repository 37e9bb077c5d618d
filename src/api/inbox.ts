// GET api/inbox: the last uploads that were refused, or taken after something in them was mended, newest first.
//
//   ?app=shop      of one application; `app=` (empty): of those that name none that could be read, or were not let in
//   ?limit=20      0 to 1000, 100 unless given; 0 answers the counts alone
import { z } from "zod";
import { INBOX_LIMIT } from "./inbox-limit.ts";

export const InboxQuery = z.strictObject({
  app: z.string().max(65_536).optional(),
  limit: z.coerce.number().int().min(0).max(INBOX_LIMIT.most).default(INBOX_LIMIT.usual),
});
export type InboxQuery = z.infer<typeof InboxQuery>;

const Amount = z.union([z.number(), z.string()]).nullable();

/** The same thing, however often it happened. Texts of the sender's are cut to a bound, and may hold any character. */
export const InboxEntry = z.object({
  id: z.number(),
  outcome: z.enum(["refused", "mended"]),
  /** The service; null when none could be read of the request, or when it was not let in. */
  app: z.string().nullable(),
  /** Unix seconds. */
  firstAt: z.number(),
  lastAt: z.number(),
  /** How often, at least. */
  count: z.number(),
  /** Where it came in: `/ingest`. */
  path: z.string(),
  /** What it was read as, or its media type. */
  format: z.string(),
  /** The answer's. */
  status: z.number(),
  /** The error's code (docs/errors.md), or what was mended. */
  reason: z.string(),
  /** For people: what is wrong, and what to do. */
  message: z.string(),
  advice: z.string(),
  /** The limit that was passed (docs/limits.md), what was sent, what is allowed; null where no limit was. */
  limit: z.string().nullable(),
  actual: Amount,
  allowed: Amount,
  agent: z.object({ userAgent: z.string(), spyName: z.string() }),
  /** Name and labels as sent. */
  series: z.string(),
  /** Of the last one; null when it was not read. */
  sizeBytes: z.number().nullable(),
  /** Up to 64; what is not printable ASCII is a dot in `text`. `looksLike`: "gzip", "JSON"; null for nothing known. */
  firstBytes: z.object({ hex: z.string(), text: z.string(), looksLike: z.string().nullable() }),
});
export type InboxEntry = z.infer<typeof InboxEntry>;

export const InboxResponse = z.object({
  /** Newest first. */
  entries: z.array(InboxEntry),
  /** How many there are for this question, shown or not. */
  total: z.number(),
  /** Of those, refusals that happened within the last hour. */
  recentRefusals: z.number(),
  /** Whatever was asked: who has entries, name-sorted. `app` null: of no application. */
  apps: z.array(z.object({ app: z.string().nullable(), entries: z.number() })),
});
export type InboxResponse = z.infer<typeof InboxResponse>;
