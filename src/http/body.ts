// Reads a request body up to a limit, and no further.
import { bodyTooLarge } from "../ingest/decode-upload.ts";
import { joinPieces, readPieces } from "../lib/read-stream.ts";

/** @throws AppError body_too_large */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  return joinPieces(await readBodyPieces(request, limitBytes));
}

/** As it came, for what may be too large to be held twice. @throws AppError body_too_large */
export async function readBodyPieces(request: Request, limitBytes: number): Promise<Uint8Array[]> {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limitBytes) throw bodyTooLarge(declared, limitBytes);
  if (request.body === null) return [];
  if (declared <= limitBytes) return [new Uint8Array(await request.arrayBuffer())];
  return readPieces(request.body, limitBytes, () => bodyTooLarge(`more than ${limitBytes}`, limitBytes));
}
