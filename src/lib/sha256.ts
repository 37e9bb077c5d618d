// SHA-256, of bytes or of a text's UTF-8.
import { toHex } from "./hex.ts";

const UTF8 = new TextEncoder();

export async function sha256(what: Uint8Array | string): Promise<Uint8Array> {
  const bytes = typeof what === "string" ? UTF8.encode(what) : what;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

export const sha256Hex = async (what: Uint8Array | string): Promise<string> => toHex(await sha256(what));
