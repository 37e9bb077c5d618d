// Gzip from outside. The magic bytes tell, not the headers; what comes out is bounded before it is
// made, so that a bomb costs no more than the limit.
import { gunzipSync } from "node:zlib";
import { malformed, tooLarge } from "./app-error.ts";
import { isGzip } from "./is-gzip.ts";

export interface InflateLimits {
  readonly inflatedBytes: number;
  /** Inflated : compressed. */
  readonly inflationRatio: number;
}

/** Small inputs may inflate to this much whatever their ratio: a few repeated stacks shrink very well. */
const ALWAYS_BYTES = 1024 * 1024;

/** What so many bytes of gzip may inflate to. */
export const mostInflated = (bytes: number, { inflatedBytes, inflationRatio }: InflateLimits): number =>
  Math.min(inflatedBytes, Math.max(ALWAYS_BYTES, bytes * inflationRatio));

/**
 * The bytes themselves, or what they inflate to when they are gzip (one member or several).
 * @throws AppError malformed_profile, profile_too_large
 */
export function inflateIfGzip(bytes: Uint8Array, limits: InflateLimits): Uint8Array {
  if (!isGzip(bytes)) {
    if (bytes.length > limits.inflatedBytes)
      throw tooLarge("inflatedBytes", bytes.length, limits.inflatedBytes, "the profile is too large");
    return bytes;
  }
  const most = mostInflated(bytes.length, limits);
  const inflated = gunzipAtMost(bytes, most);
  if (inflated === null) {
    throw most < limits.inflatedBytes
      ? tooLarge(
          "inflationRatio",
          `over ${limits.inflationRatio}`,
          limits.inflationRatio,
          "the profile inflates too far",
        )
      : tooLarge("inflatedBytes", `over ${most}`, limits.inflatedBytes, "the profile is too large when inflated");
  }
  if (isGzip(inflated)) throw malformed("the profile is gzipped twice");
  return inflated;
}

/** null when more than `most` bytes come out. */
function gunzipAtMost(bytes: Uint8Array, most: number): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    // Node says ERR_BUFFER_TOO_LARGE, workerd "Memory limit exceeded": both as a RangeError.
    if (error instanceof RangeError) return null;
    throw malformed(`gzip: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}
