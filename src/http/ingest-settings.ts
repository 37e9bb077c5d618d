// From a request to what the decoders are told.
import type { DecodeSettings } from "../ingest/decode-upload.ts";
import type { AppContext } from "./context.ts";
import { overRate } from "./over-rate.ts";
import { clockOf, tenantOf } from "./ports.ts";

export function ingestSettings(c: AppContext): DecodeSettings {
  const limits = c.get("limits");
  const { goRepair, scriptFileNames, dotnetIds, tooOldSeconds, tooNewSeconds } = limits;
  const now = clockOf(c.env)();
  return {
    now,
    limits,
    goRepair,
    scriptFileNames,
    dotnetIds,
    tooOldSeconds,
    tooNewSeconds,
    overRate: (service) => overRate(tenantOf(), service, limits, now),
  };
}
