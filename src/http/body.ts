// Reads a request body up to a limit, and no further.
import { bodyTooLarge } from "../ingest/decode-upload.ts";

/** @throws AppError body_too_large */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limitBytes) throw bodyTooLarge(declared, limitBytes);
  if (request.body === null) return new Uint8Array(0);
  if (declared <= limitBytes) return new Uint8Array(await request.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limitBytes) {
      await reader.cancel();
      throw bodyTooLarge(`more than ${limitBytes}`, limitBytes);
    }
    pieces.push(value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}
