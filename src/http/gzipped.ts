// What is stored as gzip goes out as it is, or inflated for who can't read it.
export function gzipped(request: Request, body: ReadableStream | Uint8Array<ArrayBuffer>, headers: Headers): Response {
  headers.set("vary", "accept-encoding");
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) {
    const stream = body instanceof ReadableStream ? body : new Blob([body]).stream();
    return new Response(stream.pipeThrough(new DecompressionStream("gzip")), { headers });
  }
  headers.set("content-encoding", "gzip");
  return new Response(body, { headers, encodeBody: "manual" });
}
