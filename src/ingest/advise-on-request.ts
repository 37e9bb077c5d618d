// What to do about a request of POST /ingest that could not be read: by what its body, or the part of it that is meant, looks like.
import { AppError } from "../lib/app-error.ts";
import { chooseFormat } from "./choose-format.ts";
import type { UploadRequest } from "./decode-upload.ts";
import { withLikelyAdvice } from "./likely-format.ts";
import { readParts } from "./read-parts.ts";

/** The error, with advice where there is some. */
export async function adviseOnRequest(error: unknown, request: UploadRequest): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== "malformed_profile") return error;
  const format = chooseFormat(request.params.get("format") ?? "", request.contentType);
  const isForm = request.contentType.includes("multipart/form-data");
  const part = format === "pprof-parts" ? "profile" : format === "jfr" && isForm ? "jfr" : null;
  if (part === null) return withLikelyAdvice(error, request.body, format);
  const file = await filePart(request, part);
  if (file === "no form") {
    const advice = "let the client set the Content-Type of a form (curl: -F, and no -H for it): it names the boundary";
    return new AppError(error.code, error.message, { ...error.facts, advice });
  }
  if (file !== undefined) return withLikelyAdvice(error, file, format === "jfr" ? "jfr" : "pprof");
  const advice = `send the file as a part named ${part}, with a file name`;
  return new AppError(error.code, error.message, { ...error.facts, advice });
}

async function filePart(
  { body, contentType }: UploadRequest,
  name: string,
): Promise<Uint8Array | undefined | "no form"> {
  try {
    return (await readParts(body, contentType, [name])).get(name);
  } catch (error) {
    if (error instanceof AppError) return "no form";
    throw error;
  }
}
