// POST api/upload/v1 and POST /: a file becomes a link, as flamegraph.com did it (field.md names its clients).
//
//   curl --data-binary @cpu.pprof http://localhost:4040
//
// The body is the file, whatever its content type says, or the JSON {name, profile: base64, filename, type}.
import { UploadRequest } from "../../api/share.ts";
import { LIMITS, SHARING } from "../../config.ts";
import { bodyTooLarge } from "../../ingest/decode-upload.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { beginOf, joinPieces, lengthOf } from "../../lib/read-stream.ts";
import { shareFile, type UploadedFile } from "../../share/upload-file.ts";
import { countByAddress } from "../address-rate.ts";
import { readBodyPieces } from "../body.ts";
import type { AppContext } from "../context.ts";
import { isAllowed } from "../gate.ts";
import { checked } from "../json-body.ts";
import { sharePorts } from "../ports.ts";
import { profileBytes } from "../requirements.ts";

/** Browsers of any page may ask: the answer holds nothing that their user did not send. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "content-type, authorization",
  "access-control-max-age": "86400",
} as const;

export const uploadOptions = (): Response => new Response(null, { status: 204, headers: CORS });

export async function postUpload(c: AppContext): Promise<Response> {
  for (const [name, value] of Object.entries(CORS)) c.header(name, value);
  const isClaimed = await mayUpload(c);
  // A stranger over the rate is told before the body is read.
  const declared = Math.max(0, Number(c.req.header("content-length") ?? 0) || 0);
  if (!isClaimed) await countAnonymous(c, 1, declared);
  const body = await readBodyPieces(c.req.raw, SHARING.uploadBytes);
  const length = lengthOf(body);
  if (length === 0)
    throw invalidArgument("the body is empty: send a profile, for example with curl --data-binary @cpu.pprof");
  if (!isClaimed && length > declared) await countAnonymous(c, 0, length - declared);
  const query = new URL(c.req.url).searchParams;
  const sent = jsonForm(body);
  const file: UploadedFile =
    sent === null
      ? {
          pieces: body,
          title: query.get("name") ?? "",
          fileName: query.get("filename") ?? "",
          type: query.get("type") ?? undefined,
          units: undefined,
          spyName: undefined,
          isClaimed,
        }
      : {
          pieces: [profileBytes(sent.profile)],
          title: sent.name ?? "",
          fileName: sent.filename ?? "",
          type: sent.type,
          units: sent.fileTypeData?.units,
          spyName: sent.fileTypeData?.spyName,
          isClaimed,
        };
  return c.json(await shareFile(sharePorts(c), file, LIMITS), 200, { "cache-control": "no-store" });
}

/** With a token that may write, or without any where the operator lets strangers in. @returns whether a token was shown */
async function mayUpload(c: AppContext): Promise<boolean> {
  if (await isAllowed(c.env, c.req.header("authorization") ?? null, "write")) return true;
  if (c.env.EDGEFLAME_ANONYMOUS_UPLOADS === "on") return false;
  throw new AppError(
    "unauthenticated",
    "uploads need a token here: Authorization: Bearer <secret> with the scope write",
    {
      documentation: "docs/security.md#token",
    },
  );
}

/** The profile is a long text: names that come before it are short. */
const LOOKED_AT = 16 * 1024;

/** What flamegraph.com's JSON form looks like; other JSON is a file. */
function jsonForm(pieces: readonly Uint8Array[]): UploadRequest | null {
  const begin = beginOf(pieces, LOOKED_AT);
  if (begin[0] !== 0x7b) return null;
  if (!/"profile"\s*:\s*"/.test(new TextDecoder().decode(begin))) return null;
  const length = lengthOf(pieces);
  if (length > SHARING.formBytes) throw bodyTooLarge(length, SHARING.formBytes);
  const text = new TextDecoder().decode(joinPieces(pieces));
  try {
    return checked(UploadRequest, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function countAnonymous(c: AppContext, more: 0 | 1, sentBytes: number): Promise<void> {
  const { uploads, bytes, retryAfterSeconds } = await countByAddress(c, { what: "upload", more, bytes: sentBytes });
  if (uploads <= SHARING.uploadsPerHour && bytes <= SHARING.bytesPerHour) return;
  const isMany = uploads > SHARING.uploadsPerHour;
  const limit = isMany ? "uploadsPerHour" : "bytesPerHour";
  throw new AppError("rate_limited", `uploads from this address in an hour: limit ${limit} is ${SHARING[limit]}`, {
    limit,
    actual: isMany ? uploads : bytes,
    allowed: SHARING[limit],
    retryAfterSeconds,
    documentation: "docs/limits.md#shares",
  });
}
