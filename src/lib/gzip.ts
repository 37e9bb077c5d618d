// Gzip of what we keep or send ourselves.
import { gzipSync } from "node:zlib";

const UTF8 = new TextEncoder();

export const gzip = (content: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(gzipSync(typeof content === "string" ? UTF8.encode(content) : content, { level: 6 }));
