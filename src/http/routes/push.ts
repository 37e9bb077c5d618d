// POST /push.v1.PusherService/Push: what current agents and the bulk loader send. Plain protobuf, which is nearly all of it,
// goes to our own reader; JSON and gRPC-Web to the library's. Both say the same of the same request.
import type { Limits } from "../../config.ts";
import { essenceOf } from "../../connect/forms.ts";
import { PusherService } from "../../connect/gen/push/v1/push_pb.ts";
import { bodyTooLarge } from "../../ingest/decode-upload.ts";
import { pushOfBytes, pushOfMessage, requireFewMessages } from "../../ingest/push-request.ts";
import { storePush } from "../../ingest/push-upload.ts";
import { AppError } from "../../lib/app-error.ts";
import { inflateIfGzip } from "../../lib/inflate.ts";
import { readBody } from "../body.ts";
import { connectMethod } from "../connect.ts";
import type { AppContext } from "../context.ts";
import { statusOf } from "../errors.ts";
import { ingestSettings } from "../ingest-settings.ts";
import { placeOf } from "../location-hint.ts";
import { countDuplicates, countUploads } from "../metrics.ts";
import { storePorts } from "../ports.ts";
import { tellNotes } from "../upload-notes.ts";

const PROTO = "application/proto";

/** 200 with an empty message once every profile is durable; an error when any was refused, the others being stored. */
export function push(c: AppContext): Promise<Response> {
  const encoding = (c.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  const isPlain = essenceOf(c.req.raw.headers) === PROTO && (encoding === "gzip" || encoding === "identity");
  return isPlain ? pushPlain(c) : pushByLibrary(c);
}

async function pushPlain(c: AppContext): Promise<Response> {
  c.set("dialect", "connect");
  const { bodyBytes } = c.get("limits");
  const body = await readBody(c.req.raw, bodyBytes);
  c.get("upload")?.sees(body);
  const headers = new Headers({ "content-type": PROTO });
  await store(c, body.length, (limits) => pushOfBytes(messageOf(body, bodyBytes), limits), headers);
  return new Response("", { headers });
}

const pushByLibrary = connectMethod(
  PusherService.method.push,
  {
    limits: (c) => c.get("limits"),
    refused: "an upload",
    check: (message, isJson, c) => requireFewMessages(message, isJson, c.get("limits")),
  },
  async (message, c, headers) => {
    await store(c, Number(c.req.header("content-length") ?? 0), (limits) => pushOfMessage(message, limits), headers);
    return {};
  },
);

async function store(
  c: AppContext,
  bodyBytes: number,
  read: (limits: Limits) => ReturnType<typeof pushOfBytes>,
  headers: Headers,
): Promise<void> {
  const settings = ingestSettings(c);
  const outcome = await storePush(
    storePorts(c.env, placeOf(c.req.raw), c.get("limits")),
    read(settings.limits),
    settings,
    c.get("upload")?.listener((code) => statusOf(code, "connect")),
  );
  countUploads(bodyBytes, outcome.stored + outcome.duplicates, outcome.empty);
  countDuplicates(outcome.duplicates);
  if (outcome.duplicates > 0) headers.set("edgeflame-duplicate", String(outcome.duplicates));
  tellNotes(headers, outcome.notes, outcome.noteCount);
  if (outcome.error !== null) throw outcome.error;
}

/** The bytes tell whether they are gzip: no message begins like that. */
function messageOf(body: Uint8Array, bodyBytes: number): Uint8Array {
  try {
    return inflateIfGzip(body, { inflatedBytes: bodyBytes, inflationRatio: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (error instanceof AppError && error.code === "profile_too_large")
      throw bodyTooLarge(`over ${bodyBytes} inflated`, bodyBytes);
    throw error;
  }
}
