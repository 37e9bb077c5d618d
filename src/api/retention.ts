// GET and PUT api/retention: how long each class of stored nodes is kept, for the tenant or for one app.
//
// A class is named by the finest rung of its objects, in seconds: 10 (10 s nodes), 60 (1 min, 10 min), 3600 (1 h, 6 h),
// 86400 (1 d and above); 1 is what is kept of single spans.
import { z } from "zod";

/** The shortest time that anything may be kept: an hour is the smallest object. */
export const LEAST_KEPT_SECONDS = 3600;
/** A hundred years: longer is "forever". */
const MOST_KEPT_SECONDS = 100 * 365 * 86_400;

/** Seconds; `14d` (s, m, h, d, w, y); `forever`; null: as the tenant, or else the default, has it. */
const Kept = z.union([z.number().int(), z.string().max(20), z.null()]);

export const RetentionChange = z.strictObject({
  /** A service; absent: all apps of the tenant. */
  app: z.string().min(1).optional(),
  keep: z.strictObject({
    1: Kept.optional(),
    10: Kept.optional(),
    60: Kept.optional(),
    3600: Kept.optional(),
    86400: Kept.optional(),
  }),
});
export type RetentionChange = z.infer<typeof RetentionChange>;

export const RetentionResponse = z.object({
  /** Null: the tenant's own. */
  app: z.string().nullable(),
  /** Finest first. */
  classes: z.array(
    z.object({
      finest: z.number(),
      /** Seconds after an object's end; null: for ever. */
      seconds: z.number().nullable(),
      source: z.enum(["app", "tenant", "default"]),
      /** Unix seconds before which nodes of the class may be gone. Null for a tenant, and for spans. */
      goneBefore: z.number().nullable(),
    }),
  ),
});
export type RetentionResponse = z.infer<typeof RetentionResponse>;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds, null for ever, or undefined when the text says neither. */
export function keptSeconds(kept: number | string): number | null | undefined {
  if (kept === "forever") return null;
  const match = typeof kept === "string" ? /^(\d{1,12})([smhdwy])$/.exec(kept) : null;
  const seconds = typeof kept === "number" ? kept : Number(match?.[1]) * (UNITS[match?.[2] ?? ""] ?? Number.NaN);
  return seconds >= LEAST_KEPT_SECONDS && seconds <= MOST_KEPT_SECONDS ? seconds : undefined;
}
