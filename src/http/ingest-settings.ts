// From a request to what the decoders are told.
import type { DecodeSettings } from "../ingest/decode-upload.ts";
import type { AppContext } from "./context.ts";
import { clockOf } from "./ports.ts";

export function ingestSettings(c: AppContext): DecodeSettings {
  const limits = c.get("limits");
  const { goRepair, scriptFileNames, dotnetIds, tooOldSeconds, tooNewSeconds } = limits;
  return { now: clockOf(c.env)(), limits, goRepair, scriptFileNames, dotnetIds, tooOldSeconds, tooNewSeconds };
}
