// Damaged Push requests by JSON and by gRPC-Web: through the library, as the route sends what is not plain protobuf.
import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { LIMITS } from "../../src/config.ts";
import { formOf } from "../../src/connect/forms.ts";
import { PusherService, PushRequestSchema } from "../../src/connect/gen/push/v1/push_pb.ts";
import { unaryEndpoint } from "../../src/connect/unary.ts";
import { pushOfMessage, requireFewMessages } from "../../src/ingest/push-request.ts";
import { storePush } from "../../src/ingest/push-upload.ts";
import { isGzip } from "../../src/lib/is-gzip.ts";
import { NOWHERE, SETTINGS } from "./fuzz-ports.ts";
import { mutate, random } from "./mutations.ts";
import { concat } from "./pprof-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

interface Tally {
  stored: number;
}

const ENDPOINT = unaryEndpoint(
  PusherService.method.push,
  // The refusal is what was thrown; a client's text of it is not looked at here.
  { toConnect: () => new ConnectError("refused", Code.Unknown) },
  async (message, tally: Tally) => {
    const { stored, error } = await storePush(NOWHERE, pushOfMessage(message, LIMITS), SETTINGS);
    if (error !== null) throw error;
    tally.stored = stored;
    return {};
  },
);

/** What a ConnectError of the library becomes; any other code is no refusal of a client. */
const CODES: Partial<Record<Code, string>> = {
  [Code.InvalidArgument]: "invalid_argument",
  [Code.ResourceExhausted]: "body_too_large",
  [Code.Unimplemented]: "unimplemented",
};
export const LIBRARY_CODES = Object.values(CODES);

async function send(body: Uint8Array, headers: Headers): Promise<boolean> {
  const form = formOf(headers);
  if (form === null) throw new Error("no such form");
  const tally: Tally = { stored: 0 };
  const { response, refusal } = await ENDPOINT.answer(
    {
      url: "http://a/push.v1.PusherService/Push",
      headers,
      form,
      messageBytes: form.isJson ? LIMITS.jsonBytes : LIMITS.bodyBytes,
      check: (message) => requireFewMessages(message, form.isJson, LIMITS),
    },
    body,
    tally,
  );
  if (refusal instanceof ConnectError)
    throw Object.assign(new Error(refusal.message), { code: CODES[refusal.code] ?? `connect ${refusal.code}` });
  if (refusal !== null) throw refusal;
  if (response === null) throw new Error("neither an answer nor a refusal");
  return tally.stored > 0;
}

/** In a frame of gRPC-Web, gzip'd as the bytes are; every fourth frame is damaged once more. */
function sendFramed(message: Bytes, type: string, i: number): Promise<boolean> {
  const isPacked = isGzip(message);
  const head = new Uint8Array(5);
  head[0] = isPacked ? 1 : 0;
  new DataView(head.buffer).setUint32(1, message.length);
  const frame = concat(head, message);
  const body = type.includes("text") ? new TextEncoder().encode(Buffer.from(frame).toString("base64")) : frame;
  const headers = new Headers({ "content-type": type, ...(isPacked && { "grpc-encoding": "gzip" }) });
  return send(i % 4 === 3 ? mutate(body, random(i)) : body, headers);
}

/** As Connect has it, and every fifth in a frame. */
export function pushJson(bytes: Bytes, i: number): Promise<boolean> {
  if (i % 5 === 4) return sendFramed(bytes, "application/grpc-web+json", i);
  return send(
    bytes,
    new Headers({ "content-type": "application/json", ...(isGzip(bytes) && { "content-encoding": "gzip" }) }),
  );
}

export const pushWeb = (message: Bytes, i: number): Promise<boolean> =>
  sendFramed(message, i % 3 === 0 ? "application/grpc-web-text" : "application/grpc-web+proto", i);

export const pushJsonOf = (message: Uint8Array): Bytes =>
  new TextEncoder().encode(toJsonString(PushRequestSchema, fromBinary(PushRequestSchema, message)));
