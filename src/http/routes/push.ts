// POST /push.v1.PusherService/Push: what current agents and the bulk loader send, as unary Connect with protobuf.
import { bodyTooLarge } from "../../ingest/decode-upload.ts";
import { storePush } from "../../ingest/push-upload.ts";
import { AppError, type ErrorCode } from "../../lib/app-error.ts";
import { inflateIfGzip } from "../../lib/inflate.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { statusOf } from "../errors.ts";
import { ingestSettings } from "../ingest-settings.ts";
import { placeOf } from "../location-hint.ts";
import { countDuplicates, countUploads } from "../metrics.ts";
import { storePorts } from "../ports.ts";
import { tellNotes } from "../upload-notes.ts";

const PROTO = "application/proto";

/** 200 with an empty message once every profile is durable; an error when any was refused, the others being stored. */
export async function push(c: AppContext): Promise<Response> {
  requireProto(c);
  const body = await readBody(c.req.raw, c.get("limits").bodyBytes);
  const watch = c.get("upload");
  watch?.sees(body);
  try {
    const outcome = await storePush(
      storePorts(c.env, placeOf(c.req.raw)),
      messageOf(body, c.get("limits").bodyBytes),
      ingestSettings(c),
      watch?.listener((code) => statusOf(connectCode(code))),
    );
    countUploads(body.length, outcome.stored + outcome.duplicates, outcome.empty);
    countDuplicates(outcome.duplicates);
    if (outcome.duplicates > 0) c.header("edgeflame-duplicate", String(outcome.duplicates));
    tellNotes(c.res.headers, outcome.notes, outcome.noteCount);
    if (outcome.error !== null) throw outcome.error;
  } catch (error) {
    throw asConnect(error);
  }
  return c.body("", 200, { "content-type": PROTO });
}

function requireProto(c: AppContext): void {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== PROTO) {
    c.header("accept-post", PROTO);
    throw new AppError("unsupported_media_type", `Push takes ${PROTO}, not ${type || "a body of no type"}`, {
      allowed: PROTO,
      documentation: "docs/formats.md",
    });
  }
  const encoding = (c.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding !== "gzip" && encoding !== "identity")
    throw new AppError("unsupported_media_type", `Content-Encoding ${encoding} is not taken; use gzip or none`, {
      allowed: "gzip, identity",
    });
}

/** The bytes tell whether they are gzip: no message begins like that. */
function messageOf(body: Uint8Array, bodyBytes: number): Uint8Array {
  try {
    return inflateIfGzip(body, { inflatedBytes: bodyBytes, inflationRatio: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (error instanceof AppError && error.code === "profile_too_large")
      throw bodyTooLarge(`over ${bodyBytes} inflated`, bodyBytes);
    throw error;
  }
}

/** Connect has one word for what is wrong with a profile: invalid_argument, which agents do not send again. */
function asConnect(error: unknown): unknown {
  if (!(error instanceof AppError) || connectCode(error.code) === error.code) return error;
  const documentation = `docs/errors.md#${error.code}`;
  return new AppError(connectCode(error.code), error.message, { documentation, ...error.facts });
}

function connectCode(code: ErrorCode): ErrorCode {
  switch (code) {
    case "malformed_profile":
    case "profile_too_large":
    case "profile_too_old":
      return "invalid_argument";
    default:
      return code;
  }
}
