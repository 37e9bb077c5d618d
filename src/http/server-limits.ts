// The limits that a server was started with: config.ts, with what its environment puts over it. The Worker reads them, and the
// embedded server asks here before it starts (scripts/server/settings.ts): nothing in this file may need workerd.
import { ZodError } from "zod";
import { LimitOverrides, withOverrides } from "../api/limits.ts";
import { DOCUMENTATION, TENANT_LIMITS, type TenantLimits } from "../config.ts";
import type { Env } from "../env.ts";
import { AppError } from "../lib/app-error.ts";
import { messageOf } from "../lib/log.ts";

type LimitsEnv = Pick<Env, "EDGEFLAME_LIMITS" | "EDGEFLAME_GO_REPAIR" | "EDGEFLAME_TOO_OLD_SECONDS">;

/** What the server was started with does not change: read once. */
let started: { readonly texts: string; readonly limits: TenantLimits } | null = null;

/**
 * What holds for tenants that say nothing.
 * @throws AppError unavailable when that is not understood: to guess would drop or keep what nobody meant to
 */
export function serverLimits(env: LimitsEnv): TenantLimits {
  const texts = JSON.stringify([env.EDGEFLAME_LIMITS, env.EDGEFLAME_GO_REPAIR, env.EDGEFLAME_TOO_OLD_SECONDS]);
  if (started?.texts !== texts) {
    const own = { goRepair: env.EDGEFLAME_GO_REPAIR !== "off", tooOldSeconds: tooOldOf(env) };
    const said = overridesFrom(env.EDGEFLAME_LIMITS?.trim() || "{}");
    started = { texts, limits: withOverrides({ ...TENANT_LIMITS, ...own }, said) };
  }
  return started.limits;
}

function overridesFrom(text: string): LimitOverrides {
  try {
    return LimitOverrides.parse(JSON.parse(text));
  } catch (error) {
    const issue = error instanceof ZodError ? error.issues[0] : undefined;
    const why = issue === undefined ? messageOf(error) : `${issue.path.join(".")} ${issue.message}`.trim();
    const facts = { actual: text.slice(0, 200), documentation: DOCUMENTATION };
    throw new AppError("unavailable", `EDGEFLAME_LIMITS must be JSON of the limits in ${DOCUMENTATION}: ${why}`, facts);
  }
}

function tooOldOf(env: LimitsEnv): number | null {
  const text = env.EDGEFLAME_TOO_OLD_SECONDS?.trim() ?? "";
  if (!/^\d*$/.test(text))
    throw new AppError("unavailable", "EDGEFLAME_TOO_OLD_SECONDS must be a whole number of seconds, or unset", {
      limit: "tooOldSeconds",
      actual: text,
    });
  return text === "" ? null : Number(text);
}
