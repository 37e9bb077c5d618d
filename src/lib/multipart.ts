// multipart/form-data → where its parts are. Our own reader, as the runtime's takes only names in quotes: .NET's
// HttpClient and others write the plain words that RFC 9110 allows as well (`name=profile; filename=cpu.pprof`).
//
//   preamble
//   --boundary CRLF  header: value CRLF …  CRLF  bytes CRLF
//   --boundary CRLF  …
//   --boundary--
//
// Lines may end with LF alone. Nothing is copied; parts are seen in order.

export interface FormPart {
  readonly name: string;
  /** It has a file name, be that empty. */
  readonly isFile: boolean;
  readonly bytes: Uint8Array;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const UTF8 = new TextDecoder();
const ENCODER = new TextEncoder();
/** A part's headers name it and its type. One with longer ones is nothing that was asked for. */
const MOST_HEADER_BYTES = 16_384;
/** Shorter ones name nothing: a form may have millions. */
const LEAST_HEADER_BYTES = "content-disposition:form-data;name=a".length;
const MOST_PARAMETERS = 32;

/** @returns null when the type says no boundary */
export function boundaryOf(contentType: string): string | null {
  const boundary = parametersOf(contentType).get("boundary");
  return boundary ? boundary : null;
}

/**
 * @param see told of each part; a form may have very many
 * @returns false when the form doesn't end as forms do, or a part's headers don't
 */
export function readForm(body: Uint8Array, boundary: string, see: (part: FormPart) => void): boolean {
  const delimiter = ENCODER.encode(`--${boundary}`);
  let start = -1; // of the part that is open
  let endsWithCr = false;
  for (let line = 0; ; ) {
    if (isAt(body, line, delimiter)) {
      const after = line + delimiter.length;
      const isLast = body[after] === DASH && body[after + 1] === DASH;
      const next = isLast ? after : lineEnd(body, after);
      if (next !== null) {
        if (start >= 0) {
          // The line end before a delimiter is the delimiter's.
          const part = partOf(body, start, endsWithCr && body[line - 2] === CR ? line - 2 : line - 1);
          if (part === null) return false;
          if (part !== "unnamed") see(part);
        }
        if (isLast) return true;
        start = next;
        line = next;
        endsWithCr = body[next - 2] === CR;
        continue;
      }
    }
    const newline = body.indexOf(LF, line);
    if (newline < 0) return false;
    line = newline + 1;
  }
}

function isAt(body: Uint8Array, at: number, delimiter: Uint8Array): boolean {
  if (at + delimiter.length > body.length) return false;
  for (let i = 0; i < delimiter.length; i++) if (body[at + i] !== delimiter[i]) return false;
  return true;
}

/** Where the next line begins, when only blanks stand before it. A longer boundary may begin with this one. */
function lineEnd(body: Uint8Array, from: number): number | null {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (body[at] === CR) at++;
  return body[at] === LF ? at + 1 : null;
}

/** @returns null for headers that don't end */
function partOf(body: Uint8Array, start: number, end: number): FormPart | "unnamed" | null {
  const headersEnd = endOfHeaders(body, start, end + 2);
  if (headersEnd === null) return null;
  const headerBytes = headersEnd - start;
  if (headerBytes < LEAST_HEADER_BYTES || headerBytes > MOST_HEADER_BYTES) return "unnamed";
  const headers = UTF8.decode(body.subarray(start, headersEnd));
  const parameters = parametersOf(/^content-disposition:[ \t]*form-data[ \t]*(;.*)?$/im.exec(headers)?.[1] ?? "");
  const name = parameters.get("name");
  if (name === undefined) return "unnamed";
  const isFile = parameters.has("filename") || parameters.has("filename*");
  return { name, isFile, bytes: body.subarray(headersEnd, Math.max(headersEnd, end)) };
}

/** Behind the first empty line, which may be the very first. */
function endOfHeaders(body: Uint8Array, start: number, most: number): number | null {
  for (let at = start, line = start; at < most; at++) {
    if (body[at] !== LF) continue;
    if (at === line || (at === line + 1 && body[line] === CR)) return at + 1;
    line = at + 1;
  }
  return null;
}

/** `; key=word; key="quoted \" text"` behind a header's first word. Of two with one key the first counts. */
function parametersOf(header: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, key = "", quoted, word] of header.matchAll(
    /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g,
  )) {
    if (found.size === MOST_PARAMETERS) break;
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? word ?? "");
  }
  return found;
}
