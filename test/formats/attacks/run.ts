// Sends an attack's bytes the way the routes do, down to the batches that would be handed to an app's object, and says what came of it.
import { LIMITS, type Limits } from "../../../src/config.ts";
import { formOf } from "../../../src/connect/forms.ts";
import { PusherService } from "../../../src/connect/gen/push/v1/push_pb.ts";
import { unaryEndpoint } from "../../../src/connect/unary.ts";
import { readOtlpJson, readOtlpProto } from "../../../src/formats/otlp/read-request.ts";
import { decodeUpload } from "../../../src/ingest/decode-upload.ts";
import { storeOtlp } from "../../../src/ingest/otlp-upload.ts";
import { pushOfBytes, pushOfMessage, requireFewMessages } from "../../../src/ingest/push-request.ts";
import { storePush } from "../../../src/ingest/push-upload.ts";
import { type StorePorts, storeUpload } from "../../../src/ingest/store-upload.ts";
import { ByteReader } from "../../../src/lib/byte-reader.ts";
import { inflateIfGzip } from "../../../src/lib/inflate.ts";
import { applyDictionary } from "../../../src/profile/dictionary-codec.ts";
import { StackDictionary } from "../../../src/profile/stack-dictionary.ts";
import { openBatch } from "../../../src/segment/batch.ts";
import { readChunkDirectory } from "../../../src/segment/chunk.ts";
import { UNSPLIT } from "../../../src/segment/shard-map.ts";
import { readVector } from "../../../src/segment/vector.ts";
import type { Attack, Bytes, Route } from "./attack.ts";

const LIMB = 2n ** 52n;
const SETTINGS = { now: 1_700_000_000, limits: LIMITS as Limits, goRepair: true };

/** Sum of all values in a batch. */
function totalOf(batch: Uint8Array): bigint {
  let sum = 0n;
  for (const { vectors } of openBatch(batch).uploads)
    for (const { at, end } of vectors) {
      const { low, high } = readVector(new ByteReader(batch, at, end));
      for (let i = 0; i < low.length; i++) sum += BigInt(low[i] ?? 0) + BigInt(high?.[i] ?? 0) * LIMB;
    }
  return sum;
}

/** What was sent to objects: the batches, and how many calls it took. */
export interface Sent {
  readonly batches: Uint8Array[];
}

const ports = (sent: Sent): StorePorts => ({
  tenant: "attack",
  clock: () => SETTINGS.now,
  anyRoute: () => 0,
  maps: { of: async () => UNSPLIT, learn: () => {} },
  append: async ({ batch }) => {
    sent.batches.push(batch);
    return { kind: "stored" };
  },
  appendMany: async ({ batch, uploadIds }) => {
    sent.batches.push(batch);
    return { kind: "stored", stored: uploadIds.length, duplicates: 0 };
  },
  forgo: async () => ({ kind: "forgone", stored: [] }),
});

const BY_LIBRARY = unaryEndpoint<typeof PusherService.method.push.input, typeof PusherService.method.push.output, Sent>(
  PusherService.method.push,
  { toConnect: (error) => (error instanceof Error ? (error as never) : new Error("thrown")) as never },
  async (message, sent) => {
    const { error } = await storePush(ports(sent), pushOfMessage(message, LIMITS), SETTINGS);
    if (error !== null) throw error;
    return {};
  },
);

const WAYS: Readonly<Record<Route["kind"], (body: Bytes, route: Route, sent: Sent) => Promise<void>>> = {
  async ingest(body, { query = "", type = "" }, sent) {
    const params = new URLSearchParams(`name=attack.cpu{a=b}&${query}`);
    const upload = await decodeUpload({ params, contentType: type, body }, SETTINGS);
    if (upload !== null) await storeUpload(ports(sent), upload, { ids: [], route: 0 });
  },
  async push(body, _route, sent) {
    const request = pushOfBytes(inflateIfGzip(body, LIMITS), LIMITS);
    const { error } = await storePush(ports(sent), request, SETTINGS);
    if (error !== null) throw error;
  },
  async "push by library"(body, { type = "" }, sent) {
    const headers = new Headers({ "content-type": type });
    const form = formOf(headers);
    if (form === null) throw new Error(`no form ${type}`);
    const messageBytes = form.isJson ? LIMITS.jsonBytes : LIMITS.bodyBytes;
    const check = (message: Uint8Array) => requireFewMessages(message, form.isJson, LIMITS);
    const { refusal } = await BY_LIBRARY.answer(
      { url: "http://a/push.v1.PusherService/Push", headers, form, messageBytes, check },
      body,
      sent,
    );
    if (refusal !== null) throw refusal;
  },
  async "otlp protobuf"(body, _route, sent) {
    await storeOtlp(ports(sent), readOtlpProto(inflateIfGzip(body, LIMITS)), "hash", SETTINGS);
  },
  async "otlp json"(body, _route, sent) {
    await storeOtlp(ports(sent), readOtlpJson(inflateIfGzip(body, LIMITS), LIMITS), "hash", SETTINGS);
  },
  async batch(body) {
    openBatch(body);
  },
  async dictionary(body) {
    applyDictionary(new StackDictionary(), body);
  },
  async chunk(body) {
    readChunkDirectory(body);
  },
};

/** What is stored of it, or the error. */
export async function send({ route }: Pick<Attack, "route">, body: Bytes): Promise<Sent> {
  const sent: Sent = { batches: [] };
  await WAYS[route.kind](body, route, sent);
  return sent;
}

/** The sum of what is stored, or the refusal's code. Anything that is no refusal is thrown. */
export async function outcomeOf(attack: Pick<Attack, "route">, body: Bytes): Promise<string> {
  try {
    const { batches } = await send(attack, body);
    return String(batches.reduce((sum, batch) => sum + totalOf(batch), 0n));
  } catch (error) {
    return codeOf(error);
  }
}

/** Of an AppError, or of one of Connect's. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  return typeof error.code === "number"
    ? error.code === 3
      ? "invalid_argument"
      : `connect ${error.code}`
    : String(error.code);
}
