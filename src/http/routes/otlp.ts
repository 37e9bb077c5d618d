// POST /v1development/profiles, and the collector's Export path: OTLP profiles over HTTP, protobuf or JSON.
//
// Success is an empty protobuf message, also for JSON; errors are plain text, as exporters expect.
import type { TenantLimits } from "../../config.ts";
import { essenceOf } from "../../connect/forms.ts";
import { isOtherSignalJson, PROFILES_ALONE, withLikelyAdvice } from "../../ingest/likely-format.ts";
import { OTLP_READERS, storeOtlp } from "../../ingest/otlp-upload.ts";
import { AppError, type ErrorCode } from "../../lib/app-error.ts";
import { inflateIfGzip } from "../../lib/inflate.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import { plainNote } from "../../profile/upload-note.ts";
import { explained, isGrpc, NO_GRPC } from "../advice.ts";
import { readBody } from "../body.ts";
import { requireKnownEncoding } from "../content-encoding.ts";
import type { AppContext } from "../context.ts";
import { documentationOf, statusOf } from "../errors.ts";
import { ingestSettings } from "../ingest-settings.ts";
import { placeOf } from "../location-hint.ts";
import { countDuplicates, countRejection, countUploads } from "../metrics.ts";
import { rootOf, storePorts } from "../ports.ts";
import { tellNotes } from "../upload-notes.ts";

const PROTO = "application/x-protobuf";

const JSON_TYPE = "application/json";
/** What a collector sends of another signal is legal JSON with none of the fields looked for. */
const NO_PROFILES = plainNote("nothing_stored", "the request has no resourceProfiles", PROFILES_ALONE);

export async function otlp(c: AppContext): Promise<Response> {
  const watch = c.get("upload");
  const type = essenceOf(c.req.raw.headers);
  let sent: Uint8Array = new Uint8Array(0);
  try {
    const read = OTLP_READERS.get(type);
    if (read === undefined)
      throw new AppError("unsupported_media_type", `OTLP is taken as ${[...OTLP_READERS.keys()].join(", ")}`, {
        actual: type,
        ...(isGrpc(type) && { advice: NO_GRPC }),
      });
    requireKnownEncoding(c.req.header("content-encoding"));
    const body = await readBody(c.req.raw, c.get("limits").bodyBytes);
    watch?.sees(body);
    sent = body;
    const settings = ingestSettings(c);
    const request = read(inflated(body, c.get("limits")), settings.limits);
    const { stored, duplicates, notes } = await storeOtlp(
      storePorts(c.env, placeOf(c.req.raw), c.get("limits")),
      request,
      await sha256Hex(body),
      settings,
      watch?.listener(otlpStatus),
    );
    countUploads(body.length, stored + duplicates, 0);
    countDuplicates(duplicates);
    if (duplicates > 0) c.header("edgeflame-duplicate", String(duplicates));
    tellNotes(c.res.headers, notes);
    if (request.resourceProfiles === undefined && isOtherSignalJson(body)) {
      tellNotes(c.res.headers, [NO_PROFILES]);
      watch?.mended([NO_PROFILES], null);
    }
    return c.body("", 200, { "content-type": PROTO });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // What is refused of one service has advice of its own, and stays what the watch was told of.
    const error = withLikelyAdvice(thrown, sent, type === JSON_TYPE ? "otlp-json" : "otlp");
    countRejection(error.code);
    const status = otlpStatus(error.code);
    watch?.refused(error, status);
    const headers: Record<string, string> = { "content-type": "text/plain; charset=utf-8" };
    const { retryAfterSeconds } = error.facts;
    if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
    const text = `${explained(error, "an upload")}; see ${documentationOf(error, rootOf(c))}\n`;
    return c.body(text, status, headers);
  }
}

/** Exporters send again what is not a client's error, and drop what is: all that is wrong with a profile is 400 here. */
const STATUS: Readonly<Partial<Record<string, 400 | 413>>> = {
  malformed_profile: 400,
  profile_too_old: 400,
  profile_too_large: 413,
};

const otlpStatus = (code: ErrorCode) => STATUS[code] ?? statusOf(code);

/** The bytes tell whether they are gzip: neither encoding begins like that. */
function inflated(body: Uint8Array, limits: TenantLimits): Uint8Array {
  try {
    return inflateIfGzip(body, limits);
  } catch (error) {
    if (error instanceof AppError && error.code === "profile_too_large")
      throw new AppError("body_too_large", error.message, error.facts);
    throw error;
  }
}
