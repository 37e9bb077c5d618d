// What every failed request answers with. The X-Request-Id header names the request in the server's log.
import { z } from "zod";

export const ErrorResponse = z.object({
  code: z.string(),
  message: z.string(),
  /** The name of the limit that was passed, the value sent and the one allowed. */
  limit: z.string().optional(),
  actual: z.union([z.number(), z.string()]).optional(),
  allowed: z.union([z.number(), z.string()]).optional(),
  /** What to do about it. */
  advice: z.string().optional(),
  /** A link. */
  documentation: z.string().optional(),
});
export type ErrorResponse = z.infer<typeof ErrorResponse>;
