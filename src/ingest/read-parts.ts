// The file parts of a multipart upload. A field without a file name is no part, an empty part is
// absent, and of two parts with one name the first counts.
import { malformed } from "../lib/app-error.ts";
import { boundaryOf, type FormPart, readForm } from "../lib/multipart.ts";

/**
 * @param wanted names of parts; others are not kept: a form may have very many
 * @throws AppError malformed_profile
 */
export function readParts(body: Uint8Array, contentType: string, wanted: readonly string[]): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  eachFile(body, contentType, ({ name, bytes }) => {
    if (wanted.includes(name) && !parts.has(name)) parts.set(name, bytes);
  });
  for (const [name, bytes] of parts) if (bytes.length === 0) parts.delete(name);
  return parts;
}

/** Whether there is such a file, be it empty. @throws AppError malformed_profile */
export function hasPart(body: Uint8Array, contentType: string, wanted: string): boolean {
  let has = false;
  eachFile(body, contentType, ({ name }) => {
    has ||= name === wanted;
  });
  return has;
}

function eachFile(body: Uint8Array, contentType: string, see: (part: FormPart) => void): void {
  const boundary = boundaryOf(contentType);
  if (boundary === null) throw malformed("multipart: the Content-Type names no boundary");
  const isWhole = readForm(body, boundary, (part) => {
    if (part.isFile) see(part);
  });
  if (!isWhole) throw malformed("multipart: the form does not end with its boundary");
}
