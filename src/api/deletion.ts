// api/deletions: what is to be deleted, and how far it is.
//
//   {"tenant": true}                                       everything
//   {"app": "shop"}                                        a whole app
//   {"app": "shop", "query": "{region=\"eu\"}"}            the series a selector chooses, over all time
//   {"app": "shop", "from": "now-2d", "until": "now-1d"}   a time; with "query": of those series
//
// `query` is labels alone, or a full query of the app: `shop.cpu{region="eu"}`, `process_cpu:…{region="eu"}`.
import { z } from "zod";

/** Time forms of /render but none that says nothing clear, ISO dates, or unix seconds. */
const TimeForm = z.union([z.string().min(1).max(100), z.number()]);

export const DeletionRequest = z.strictObject({
  tenant: z.literal(true).optional(),
  app: z.string().min(1).max(65_536).optional(),
  query: z.string().min(1).optional(),
  from: TimeForm.optional(),
  until: TimeForm.optional(),
});
export type DeletionRequest = z.infer<typeof DeletionRequest>;

export const Deletion = z.object({
  id: z.number(),
  kind: z.enum(["tenant", "app", "part"]),
  /** Null once the app is gone: the record does not keep its name. */
  app: z.string().nullable(),
  /** Null for all series, and when it is done. */
  query: z.string().nullable(),
  /**
   * Unix seconds; null for all time. As asked for; once the work has begun, the range really deleted: edges snap outward to the
   * finest grid still kept.
   */
  from: z.number().nullable(),
  until: z.number().nullable(),
  requestedAt: z.number(),
  doneAt: z.number().nullable(),
  state: z.enum(["working", "done"]),
  /** For people: what is being done. */
  step: z.string(),
});
export type Deletion = z.infer<typeof Deletion>;

/** Newest first. */
export const DeletionsResponse = z.object({ deletions: z.array(Deletion) });
export type DeletionsResponse = z.infer<typeof DeletionsResponse>;

/** DELETE api/apps of Pyroscope 0.3x; also as a query parameter or form field. */
export const OldDeletion = z.object({ name: z.string().min(1).max(65_536) });
export type OldDeletion = z.infer<typeof OldDeletion>;
