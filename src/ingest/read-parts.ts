// The file parts of a multipart upload. A field without a file name is no part, an empty part is
// absent, and of two parts with one name the first counts.
import { malformed } from "../lib/app-error.ts";

/**
 * @param wanted names of parts; others are not read: a form may have very many
 * @throws AppError malformed_profile
 */
export async function readParts(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  wanted: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  const form = await parseForm(body, contentType);
  for (const name of wanted) {
    const file = form.getAll(name).find((part) => typeof part !== "string");
    if (file !== undefined) parts.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  for (const [name, bytes] of parts) if (bytes.length === 0) parts.delete(name);
  return parts;
}

/** Of the parts that are files, empty ones too. @throws AppError malformed_profile */
export async function partNames(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Set<string>> {
  const form = await parseForm(body, contentType);
  return new Set([...form].flatMap(([name, part]) => (typeof part === "string" ? [] : [name])));
}

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch (error) {
    throw malformed(`multipart: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}
