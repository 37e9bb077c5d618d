// Bodies come as they are or as gzip, which their first bytes tell. Anything else must not be taken for a profile that is broken, or
// worse, for text: collectors and proxies can be told to send zstd, snappy or deflate.
import { AppError } from "../lib/app-error.ts";

const KNOWN: ReadonlySet<string> = new Set(["", "identity", "gzip", "x-gzip"]);

/** @throws AppError unsupported_media_type */
export function requireKnownEncoding(header = ""): void {
  const encoding = header.trim().toLowerCase().slice(0, 40);
  if (KNOWN.has(encoding)) return;
  throw new AppError("unsupported_media_type", `unknown compression "${encoding}": supported encodings are gzip`, {
    actual: encoding,
    allowed: "gzip",
    documentation: "docs/formats.md",
  });
}
