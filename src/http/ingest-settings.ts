// From the bindings to what the decoders are told.
import { LIMITS } from "../config.ts";
import type { Env } from "../env.ts";
import type { DecodeSettings } from "../ingest/decode-upload.ts";
import { AppError } from "../lib/app-error.ts";
import { clockOf } from "./ports.ts";

/** @throws AppError unavailable when the window is no number: to guess would drop or keep what nobody meant to */
export function ingestSettings(env: Env): DecodeSettings {
  const text = env.EDGEFLAME_TOO_OLD_SECONDS?.trim() ?? "";
  if (!/^\d*$/.test(text))
    throw new AppError("unavailable", "EDGEFLAME_TOO_OLD_SECONDS must be a whole number of seconds, or unset", {
      limit: "tooOldSeconds",
      actual: text,
    });
  return {
    now: clockOf(env)(),
    limits: LIMITS,
    goRepair: env.EDGEFLAME_GO_REPAIR !== "off",
    tooOldSeconds: text === "" ? null : Number(text),
  };
}
