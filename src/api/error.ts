// What every failed request answers with. The X-Request-Id header names the request in the server's log.
import { z } from "zod";

export const ErrorResponse = z.object({
  /** What Pyroscope puts there. */
  code: z.string(),
  /** More exact: docs/errors.md lists them. */
  reason: z.string(),
  message: z.string(),
  /** The name of the limit that was passed, the value sent and the one allowed. */
  limit: z.string().optional(),
  actual: z.union([z.number(), z.string()]).optional(),
  allowed: z.union([z.number(), z.string()]).optional(),
  /** What to do about it. */
  advice: z.string().optional(),
  /** Of a request of many profiles: those that were not taken, the first of them at least. */
  refused: z.array(z.object({ profile: z.number(), id: z.string(), message: z.string() })).optional(),
  /** A link. */
  documentation: z.string().optional(),
});
export type ErrorResponse = z.infer<typeof ErrorResponse>;
