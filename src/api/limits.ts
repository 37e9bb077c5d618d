// /api/limits: what a tenant may send and ask, and the switches of how its uploads are read. Every name is explained in
// docs/limits.md. A value within these bounds is safe for an isolate; the defaults are in config.ts.
import { z } from "zod";
import { LIMITS, type TenantLimits } from "../config.ts";

const MEBIBYTE = 1024 * 1024;
const DAY_SECONDS = 86_400;

/** Null: as the server has it. */
const whole = (least: number, most: number) => z.number().int().min(least).max(most).nullable().optional();
/** "none": there is no limit. */
const wholeOrNone = (least: number, most: number) =>
  z
    .union([z.number().int().min(least).max(most), z.literal("none")])
    .nullable()
    .optional();
const toggle = z.boolean().nullable().optional();

/** Those whose most is the default are what an isolate's memory or a database's row holds. */
const SHAPE = {
  bodyBytes: whole(1024, 100_000_000),
  inflatedBytes: whole(1024, LIMITS.inflatedBytes),
  inflationRatio: whole(2, 1032),
  samplesPerProfile: whole(1, LIMITS.samplesPerProfile),
  rowsPerProfile: whole(1, LIMITS.rowsPerProfile),
  stackEntriesPerProfile: whole(1, LIMITS.stackEntriesPerProfile),
  nodesPerProfile: whole(1, LIMITS.nodesPerProfile),
  stackDepth: whole(8, LIMITS.stackDepth),
  symbolBytes: whole(16, LIMITS.symbolBytes),
  profilesPerRequest: whole(1, 100_000),
  inflatedBytesPerRequest: whole(1024, 1024 * MEBIBYTE),
  servicesPerRequest: whole(1, LIMITS.servicesPerRequest),
  labelsPerSeries: whole(2, 250),
  labelNameBytes: whole(16, 4096),
  labelValueBytes: whole(64, 8192),
  seriesPerUpload: whole(1, LIMITS.seriesPerUpload),
  spansPerUpload: whole(0, 20_000),
  typesPerApp: whole(1, 5000),
  tooOldSeconds: wholeOrNone(60, 100 * 365 * DAY_SECONDS),
  tooNewSeconds: whole(0, 365 * DAY_SECONDS),
  ingestBytesPerSecond: wholeOrNone(1024, 1e12),
  ingestBurstBytes: whole(1024, 1e12),
  profilesPerSecond: wholeOrNone(1, 1e9),
  profilesBurst: whole(1, 1e9),
  overload: z.enum(["shed", "reject"]).nullable().optional(),
  maxNodesDefault: whole(1, LIMITS.maxNodesMost),
  maxNodesMost: whole(1, LIMITS.maxNodesMost),
  queryRangeSeconds: wholeOrNone(60, 100 * 365 * DAY_SECONDS),
  goRepair: toggle,
  scriptFileNames: toggle,
  dotnetIds: toggle,
} as const satisfies Record<Exclude<keyof TenantLimits, FixedLimit>, z.ZodType>;

/** Limits that are the same for everyone: they bound what is read before it is known whose it is, or what a row holds. */
type FixedLimit = "jsonBytes" | "batchBytes" | "nameBytes" | "idempotencyKeyBytes" | "queryTextBytes" | "focusBytes";

/** What was said, and nothing else. */
export const LimitOverrides = z.strictObject(SHAPE);
export type LimitOverrides = z.infer<typeof LimitOverrides>;

export const LimitsChange = z.strictObject({ limits: LimitOverrides });

const LimitValue = z.union([z.number(), z.boolean(), z.string()]);

export const LimitsResponse = z.object({
  /** By name. */
  limits: z.record(
    z.string(),
    z.object({
      /** "none": no limit. */
      value: LimitValue,
      /** What holds when the tenant says nothing. */
      standard: LimitValue,
      source: z.enum(["tenant", "server"]),
    }),
  ),
});
export type LimitsResponse = z.infer<typeof LimitsResponse>;

export const LIMIT_NAMES = Object.keys(SHAPE) as readonly (keyof LimitOverrides)[];

/** `base` with what was said put over it. */
export function withOverrides(base: TenantLimits, said: LimitOverrides): TenantLimits {
  const own = Object.entries(said).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value === "none" ? null : value]],
  );
  return { ...base, ...(Object.fromEntries(own) as Partial<TenantLimits>) };
}

/** Of what an earlier version stored, that which still makes sense. */
export function overridesOf(stored: unknown): LimitOverrides {
  if (stored === null || typeof stored !== "object") return {};
  const said = Object.entries(stored).flatMap(([name, value]) => {
    const one = LimitOverrides.safeParse({ [name]: value });
    return one.success ? Object.entries(one.data) : [];
  });
  return Object.fromEntries(said);
}
