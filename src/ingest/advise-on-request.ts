// What to do about a request of POST /ingest that could not be read: by what its body, or the part of it that is meant, looks like.
import { AppError } from "../lib/app-error.ts";
import { chooseFormat } from "./choose-format.ts";
import type { UploadRequest } from "./decode-upload.ts";
import { withLikelyAdvice } from "./likely-format.ts";
import { readParts } from "./read-parts.ts";

/** The error, with advice where there is some. */
export function adviseOnRequest(error: unknown, request: UploadRequest): unknown {
  if (!(error instanceof AppError) || error.code !== "malformed_profile" || error.facts.advice !== undefined)
    return error;
  const format = chooseFormat(request.params.get("format") ?? "", request.contentType);
  const isForm = request.contentType.includes("multipart/form-data");
  const part = format === "pprof-parts" ? "profile" : format === "jfr" && isForm ? "jfr" : null;
  if (part === null) return withLikelyAdvice(error, request.body, format);
  // A form that can't be read has its advice already.
  const file = readParts(request.body, request.contentType, [part]).get(part);
  if (file !== undefined) return withLikelyAdvice(error, file, format === "jfr" ? "jfr" : "pprof");
  const advice = `send the file as a part named ${part}, with a file name`;
  return new AppError(error.code, error.message, { ...error.facts, advice });
}
