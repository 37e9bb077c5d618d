// The query parameters of POST /ingest. Of a repeated one the first counts, an empty one is absent,
// unknown ones are ignored, and only `name` can be wrong.
import type { Limits } from "../config.ts";
import { AppError, invalidArgument } from "../lib/app-error.ts";
import { parseTimeForm } from "../lib/time-form.ts";
import { type AppName, parseAppName } from "../profile/app-name.ts";
import type { Aggregation } from "../profile/profile-type.ts";

export interface UploadParams {
  readonly name: AppName;
  /** Unix seconds; null when not sent. */
  readonly from: number | null;
  readonly until: number | null;
  /** Hz; null when not sent or unreadable. 0 is a rate: "not sampled". */
  readonly sampleRate: number | null;
  readonly spyName: string;
  readonly units: string;
  readonly aggregation: Aggregation;
  readonly format: string;
}

/** @throws AppError invalid_argument */
export function parseUploadParams(query: URLSearchParams, nowSeconds: number, limits: Limits): UploadParams {
  const time = (key: string): number | null => {
    const text = query.get(key);
    return text ? parseTimeForm(text, nowSeconds) : null;
  };
  return {
    name: parseName(query.get("name") ?? "", limits),
    from: time("from"),
    until: time("until"),
    sampleRate: parseRate(query.get("sampleRate") ?? ""),
    spyName: word(query.get("spyName"), "unknown"),
    units: word(query.get("units"), "samples"),
    aggregation: parseAggregation(query.get("aggregationType") ?? ""),
    format: query.get("format") ?? "",
  };
}

function parseName(text: string, limits: Limits): AppName {
  if (text.length > limits.nameBytes)
    throw invalidArgument("name: too long", { limit: "nameBytes", actual: text.length, allowed: limits.nameBytes });
  try {
    const name = parseAppName(text);
    if (name.app.length > limits.labelValueBytes) throw invalidArgument("service name is too long");
    return name;
  } catch (error) {
    if (error instanceof AppError) throw invalidArgument(`name: ${error.message}`);
    throw error;
  }
}

/** Free text that becomes a label or a caption: nothing real is longer. */
const word = (text: string | null, absent: string): string => (text && text.length <= 256 ? text : absent);

function parseRate(text: string): number | null {
  if (!/^\+?\d{1,10}$/.test(text)) return null;
  const rate = Number(text);
  return rate <= 0xffffffff ? rate : null;
}

/** `avg` is what old servers also took on reads. */
export const parseAggregation = (text: string): Aggregation =>
  text === "average" || text === "avg" ? "average" : "sum";
