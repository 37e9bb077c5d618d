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

/** Which of them there are, be they empty. @throws AppError malformed_profile */
export function partsIn(body: Uint8Array, contentType: string, wanted: readonly string[]): Set<string> {
  const names = new Set<string>();
  eachFile(body, contentType, ({ name }) => {
    if (wanted.includes(name)) names.add(name);
  });
  return names;
}

const NAMELESS = {
  advice: "let the client set the Content-Type of a form (curl: -F, and no -H for it): it names the boundary",
};
const ENDLESS = {
  advice: "send the form whole, and let the client set its Content-Type: it was cut, or that names another boundary",
};

function eachFile(body: Uint8Array, contentType: string, see: (part: FormPart) => void): void {
  const boundary = boundaryOf(contentType);
  if (boundary === null) throw malformed("multipart: the Content-Type names no boundary", NAMELESS);
  const isWhole = readForm(body, boundary, (part) => {
    if (part.isFile) see(part);
  });
  if (!isWhole) throw malformed("multipart: the form does not end with its boundary", ENDLESS);
}
