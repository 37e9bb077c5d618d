// The file parts of a multipart upload. A field without a file name is no part, an empty part is
// absent, and of two parts with one name the first counts.
import { malformed } from "../lib/app-error.ts";

/** @throws AppError malformed_profile */
export async function readParts(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  const form = await parseForm(body, contentType);
  for (const [name, part] of form) {
    if (typeof part === "string" || parts.has(name)) continue;
    parts.set(name, new Uint8Array(await part.arrayBuffer()));
  }
  for (const [name, bytes] of parts) if (bytes.length === 0) parts.delete(name);
  return parts;
}

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch (error) {
    throw malformed(`multipart: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}
