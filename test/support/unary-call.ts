// One unary call in any of the forms that clients use, and what came back in words that are the same for all of them.
import { gunzipSync, gzipSync } from "node:zlib";
import { type DescMessage, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import type { Code } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import { concat } from "../formats/pprof-bytes.ts";

export const FORMS = {
  proto: { type: "application/proto", isWeb: false, isText: false, isJson: false, isGzip: false },
  "proto, gzip": { type: "application/proto", isWeb: false, isText: false, isJson: false, isGzip: true },
  json: { type: "application/json", isWeb: false, isText: false, isJson: true, isGzip: false },
  "json, gzip": { type: "application/json; charset=utf-8", isWeb: false, isText: false, isJson: true, isGzip: true },
  "grpc-web": { type: "application/grpc-web+proto", isWeb: true, isText: false, isJson: false, isGzip: false },
  "grpc-web, gzip": { type: "application/grpc-web", isWeb: true, isText: false, isJson: false, isGzip: true },
  "grpc-web, json": { type: "application/grpc-web+json", isWeb: true, isText: false, isJson: true, isGzip: false },
  "grpc-web-text": { type: "application/grpc-web-text", isWeb: true, isText: true, isJson: false, isGzip: false },
} as const;
export type FormName = keyof typeof FORMS;

export interface UnaryReply {
  readonly status: number;
  /** "ok", or as Connect names it. */
  readonly code: string;
  readonly message: string;
  /** What to do about a refusal: gRPC-Web has it within the message. */
  readonly advice: string;
  readonly headers: Headers;
  /** The answer's bytes: of the message, without frames and compression. */
  readonly bytes: Uint8Array;
  readonly json: () => JsonValue;
}

const UTF8 = new TextEncoder();

export const frame = (flags: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const head = new Uint8Array(5);
  head[0] = flags;
  new DataView(head.buffer).setUint32(1, bytes.length);
  return concat(head, bytes);
};

/** Headers and body that carry the message. @param message protobuf or JSON text, as the form has it */
export function unaryRequest(
  name: FormName,
  message: Uint8Array | string,
): RequestInit & { headers: Record<string, string> } {
  const form = FORMS[name];
  const bytes = typeof message === "string" ? UTF8.encode(message) : message;
  const packed = form.isGzip ? new Uint8Array(gzipSync(bytes)) : bytes;
  const framed = form.isWeb ? frame(form.isGzip ? 1 : 0, packed) : packed;
  const body = form.isText ? btoa(String.fromCharCode(...framed)) : (framed as Uint8Array<ArrayBuffer>);
  const encoding = form.isWeb ? "grpc-encoding" : "content-encoding";
  return {
    method: "POST",
    headers: { "content-type": form.type, ...(form.isGzip ? { [encoding]: "gzip" } : {}) },
    body,
  };
}

export const inForm = (name: FormName, schema: DescMessage, json: JsonValue): Uint8Array | string =>
  FORMS[name].isJson ? JSON.stringify(json) : toBinary(schema, fromJson(schema, json));

export async function unaryReply(name: FormName, output: DescMessage, response: Response): Promise<UnaryReply> {
  const form = FORMS[name];
  const { status, headers } = response;
  const sent = new Uint8Array(await response.arrayBuffer());
  const reply = (code: string, message: string, bytes: Uint8Array, advice = message): UnaryReply => ({
    status,
    code,
    message,
    advice,
    headers,
    bytes,
    json: () =>
      form.isJson
        ? (JSON.parse(new TextDecoder().decode(bytes)) as JsonValue)
        : toJson(output, fromBinary(output, bytes)),
  });
  if (headers.get("content-type")?.startsWith("application/json") && status !== 200) {
    const refusal = JSON.parse(new TextDecoder().decode(sent)) as { code: string; message: string; advice?: string };
    return reply(refusal.code, refusal.message, new Uint8Array(0), refusal.advice ?? "");
  }
  if (!form.isWeb) return reply("ok", "", headers.get("content-encoding") === "gzip" ? gunzipSync(sent) : sent);
  const { message, trailers } = frames(form.isText ? fromText(sent) : sent);
  const code = Number(trailers.get("grpc-status"));
  return reply(
    code === 0 ? "ok" : codeToString(code as Code),
    decodeURIComponent(trailers.get("grpc-message") ?? ""),
    message,
  );
}

const fromText = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(atob(new TextDecoder().decode(bytes)), (char) => char.charCodeAt(0));

function frames(bytes: Uint8Array): { message: Uint8Array; trailers: Map<string, string> } {
  let message: Uint8Array = new Uint8Array(0);
  let trailers = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4).getUint32(0);
    const flags = bytes[at]!;
    const sent = bytes.subarray(at + 5, at + 5 + length);
    const payload = flags & 1 ? gunzipSync(sent) : sent;
    if (flags & 0x80) {
      const lines = new TextDecoder()
        .decode(payload)
        .split("\r\n")
        .filter((line) => line !== "");
      trailers = new Map(
        lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
      );
    } else message = payload;
    at += 5 + length;
  }
  return { message, trailers };
}
