// One method of a service for whoever speaks unary Connect or gRPC-Web. The protocols are the library's work; here its
// handler meets bytes that were read already, and what the client did wrong is put to the client's account.
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import {
  Code,
  ConnectError,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from "@connectrpc/connect";
import { createAsyncIterable, readAllBytes, type UniversalHandler } from "@connectrpc/connect/protocol";
import { errorFromJsonBytes } from "@connectrpc/connect/protocol-connect";
import { trailerFlag, trailerParse } from "@connectrpc/connect/protocol-grpc-web";
import { toBase64 } from "../lib/base64.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import type { Form } from "./forms.ts";
import { gzipCompression } from "./gzip.ts";

export interface UnaryOptions {
  /** What a client is told of an error that the method threw. */
  readonly toConnect: (error: unknown) => ConnectError;
}

/** @param headers of a successful answer; the method may add to them */
export type UnaryAnswer<I extends DescMessage, O extends DescMessage, Context> = (
  input: MessageShape<I>,
  context: Context,
  headers: Headers,
) => Promise<MessageInitShape<O>>;

/** A refusal over Connect has no response yet: its body is JSON like that of any other route. */
export interface UnaryOutcome {
  readonly response: Response | null;
  /** What the method threw or the library refused; null when it went well. */
  readonly refusal: unknown;
}

export interface UnaryRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly form: Form;
  /** Most bytes of its message, inflated. */
  readonly messageBytes: number;
  /**
   * Looks at the message's bytes before the library makes objects of them, of which a byte or two may be one: throws what the
   * client is to be told.
   */
  readonly check?: (message: Uint8Array) => void;
}

export interface UnaryEndpoint<Context> {
  /** @param body as it came */
  answer(request: UnaryRequest, body: Uint8Array, context: Context): Promise<UnaryOutcome>;
  /** The refusal of a request whose body was not read. */
  refuse(request: UnaryRequest, error: unknown): Promise<UnaryOutcome>;
}

interface Call {
  readonly context: unknown;
  /** Thrown instead of asking the method. */
  readonly error: unknown;
  wasReached: boolean;
  thrown: unknown;
}

const CALL = createContextKey<Call | null>(null);
/** Flags and length. */
const FRAME_HEAD_BYTES = 5;
const MOST_HANDLERS = 64;
const NEVER = new AbortController().signal;

/** Made once per method, when the Worker starts. */
export function unaryEndpoint<I extends DescMessage, O extends DescMessage, Context>(
  method: DescMethodUnary<I, O>,
  options: UnaryOptions,
  answer: UnaryAnswer<I, O, Context>,
): UnaryEndpoint<Context> {
  const implementation = async (input: MessageShape<I>, { values, responseHeader }: HandlerContext) => {
    const call = values.get(CALL);
    if (call === null) throw new Error("called from elsewhere");
    call.wasReached = true;
    try {
      if (call.error !== null) throw call.error;
      return await answer(input, call.context as Context, responseHeader);
    } catch (error) {
      call.thrown = error;
      throw wholeText(error instanceof ConnectError ? error : options.toConnect(error));
    }
  };
  const handlerFor = madeOnce((readMaxBytes) => {
    const router = createConnectRouter({ grpc: false, acceptCompression: [gzipCompression], readMaxBytes });
    const [handler] = router.rpc(method, implementation).handlers;
    if (handler === undefined) throw new Error(`no handler for ${method.name}`);
    return handler;
  });

  async function run(
    { url, headers, form, messageBytes }: UnaryRequest,
    body: Uint8Array,
    call: Call,
  ): Promise<UnaryOutcome> {
    const header = new Headers(headers);
    header.set("content-type", form.type);
    // Whoever gzips its request does not say by that what it can read.
    for (const name of ["accept-encoding", "grpc-accept-encoding"]) if (!header.has(name)) header.set(name, "identity");
    const contextValues = createContextValues().set(CALL, call);
    const result = await handlerFor(messageBytes)({
      httpVersion: "1.1",
      method: "POST",
      url,
      header,
      body: createAsyncIterable([body]),
      signal: NEVER,
      contextValues,
    });
    const bytes = await readAllBytes(result.body ?? createAsyncIterable([]), Number.MAX_SAFE_INTEGER);
    const refusal = call.wasReached ? call.thrown : libraryError(result.status, bytes, form);
    if (refusal !== null && !form.isWeb) return { response: null, refusal };
    const answerHeaders = new Headers(result.header);
    answerHeaders.delete("content-length");
    return { response: responseOf(bytes, answerHeaders, form), refusal };
  }

  /** gRPC-Web wraps errors in frames, which the library writes for a method that throws. */
  function refuse(request: UnaryRequest, error: unknown): Promise<UnaryOutcome> {
    if (!request.form.isWeb) return Promise.resolve({ response: null, refusal: error });
    const empty = request.form.isJson ? Uint8Array.of(0, 0, 0, 0, 2, 0x7b, 0x7d) : new Uint8Array(5);
    const bare = { ...request, headers: new Headers() };
    return run(bare, empty, { context: null, error, wasReached: false, thrown: null });
  }

  return {
    refuse,
    async answer(request, body, context) {
      const message = request.form.isText ? textBytes(body) : body;
      if (message === null) return refuse(request, new ConnectError("the body is not base64", Code.InvalidArgument));
      if (request.check !== undefined) {
        const inner = messageIn(message, request);
        if (inner !== null) request.check(inner);
      }
      const call = { context, error: null, wasReached: false, thrown: null };
      const outcome = await run(request, message, call).catch(unsaid);
      const { refusal } = outcome;
      // Bytes that don't parse are the library's "internal"; but they are the client's.
      if (!(refusal instanceof ConnectError && refusal.code === Code.Internal)) return outcome;
      return refuse(request, new ConnectError(refusal.rawMessage, Code.InvalidArgument));
    },
  };
}

/** What the library will read; null where it will refuse the request for what is around that. */
function messageIn(body: Uint8Array, { form, messageBytes }: UnaryRequest): Uint8Array | null {
  let message = body;
  if (form.isWeb) {
    if (body.length < FRAME_HEAD_BYTES) return null;
    const length = new DataView(body.buffer, body.byteOffset).getUint32(1);
    if (length > body.length - FRAME_HEAD_BYTES) return null;
    message = body.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length);
  }
  try {
    return inflateIfGzip(message, { inflatedBytes: messageBytes, inflationRatio: Number.POSITIVE_INFINITY });
  } catch {
    return null;
  }
}

/** By the most bytes that they read: tenants' limits are few. */
function madeOnce(make: (readMaxBytes: number) => UniversalHandler): (readMaxBytes: number) => UniversalHandler {
  const handlers = new Map<number, UniversalHandler>();
  return (readMaxBytes) => {
    const known = handlers.get(readMaxBytes);
    if (known !== undefined) return known;
    if (handlers.size >= MOST_HANDLERS) handlers.clear();
    const made = make(readMaxBytes);
    handlers.set(readMaxBytes, made);
    return made;
  };
}

/** Trailers can't say half a character, which JSON can, and which text that was cut may end in. */
const wholeText = (error: ConnectError): ConnectError =>
  error.rawMessage.isWellFormed()
    ? error
    : new ConnectError(error.rawMessage.toWellFormed(), error.code, error.metadata);

/** So the library fails at saying what it can't read, where it quotes that. */
function unsaid(error: unknown): UnaryOutcome {
  if (!(error instanceof URIError)) throw error;
  return { response: null, refusal: new ConnectError("the message can't be read", Code.Internal) };
}

/** What the library refused before it asked the method. */
function libraryError(status: number, bytes: Uint8Array, { isWeb }: Form): ConnectError {
  if (!isWeb) return errorFromJsonBytes(bytes, undefined, new ConnectError(`status ${status}`, Code.InvalidArgument));
  // A frame that is gzipped, as long ones are.
  if (bytes[0] !== trailerFlag) return new ConnectError("the request can't be read", Code.InvalidArgument);
  const trailers = trailerParse(bytes.subarray(FRAME_HEAD_BYTES));
  const code = Number(trailers.get("grpc-status") ?? Code.InvalidArgument) as Code;
  return new ConnectError(decodeURIComponent(trailers.get("grpc-message") ?? ""), code);
}

function responseOf(bytes: Uint8Array, headers: Headers, { isText }: Form): Response {
  if (isText) {
    headers.set("content-type", "application/grpc-web-text+proto");
    return new Response(toBase64(bytes), { headers });
  }
  // "manual": it is encoded already.
  const encodeBody = headers.has("content-encoding") ? "manual" : "automatic";
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers, encodeBody });
}

/** base64 in one piece or several, each with its padding; null for anything else. */
function textBytes(body: Uint8Array): Uint8Array | null {
  try {
    return base64Decode(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}
