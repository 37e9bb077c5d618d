// Reads a request body up to a limit, and no further.
import { bodyTooLarge } from "../ingest/decode-upload.ts";
import { readAtMost } from "../lib/read-stream.ts";

/** @throws AppError body_too_large */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limitBytes) throw bodyTooLarge(declared, limitBytes);
  if (request.body === null) return new Uint8Array(0);
  if (declared <= limitBytes) return new Uint8Array(await request.arrayBuffer());
  return readAtMost(request.body, limitBytes, () => bodyTooLarge(`more than ${limitBytes}`, limitBytes));
}
