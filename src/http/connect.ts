// From a route to a method of a Connect service, and from its errors to what its clients are told.
import type { DescMessage, DescMethodUnary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import type { TenantLimits } from "../config.ts";
import { formOf, UNARY_TYPES } from "../connect/forms.ts";
import { type UnaryAnswer, type UnaryOutcome, unaryEndpoint } from "../connect/unary.ts";
import { AppError } from "../lib/app-error.ts";
import { explained, isGrpc, type Refused } from "./advice.ts";
import { readBody } from "./body.ts";
import type { AppContext } from "./context.ts";
import { asAppError, connectCodeOf } from "./errors.ts";
import { noteRefusal } from "./refusals.ts";

export interface MethodSettings {
  /** Of a request's body and of its message, in JSON or not; those of a tenant, too. */
  readonly limits: (c: AppContext) => MethodLimits;
  readonly refused: Refused;
  /** Looks at a message before it becomes objects; throws what is wrong with it. */
  readonly check?: (message: Uint8Array, isJson: boolean, c: AppContext) => void;
}

type MethodLimits = Pick<TenantLimits, "bodyBytes" | "jsonBytes">;

/** A handler for POST. */
export function connectMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  { limits, refused, check }: MethodSettings,
  answer: UnaryAnswer<I, O, AppContext>,
): (c: AppContext) => Promise<Response> {
  // The answer has one text: message and advice. Where there is a body for it, it has the advice by itself.
  const toConnect = (thrown: unknown): ConnectError => {
    const error = asAppError(thrown);
    return new ConnectError(explained(error, refused), codeFromString(connectCodeOf(error.code)) ?? Code.Unknown);
  };
  const endpoint = unaryEndpoint(method, { toConnect }, answer);
  return async (c) => {
    c.set("dialect", "connect");
    const { headers, url } = c.req.raw;
    const form = formOf(headers);
    if (form === null) throw unknownType(c);
    const { bodyBytes, jsonBytes } = limits(c);
    const message = messageLimit(form.isJson, { bodyBytes, jsonBytes });
    const request = {
      ...{ url, headers, form, messageBytes: message.allowed },
      ...(check && { check: (bytes: Uint8Array) => check(bytes, form.isJson, c) }),
    };
    let outcome: UnaryOutcome;
    try {
      const body = await readBody(c.req.raw, bodyBytes);
      c.get("upload")?.sees(body);
      outcome = await endpoint.answer(request, body, c);
      // In our words, and with what to do about it.
      if (outcome.refusal instanceof ConnectError && form.isWeb)
        outcome = await endpoint.refuse(request, asAppErrorOfConnect(outcome.refusal, message));
    } catch (error) {
      outcome = await endpoint.refuse(request, error);
    }
    const { response, refusal } = outcome;
    if (response === null) throw asAppErrorOfConnect(refusal, message);
    if (refusal !== null) noteRefusal(c, asAppErrorOfConnect(refusal, message));
    return response;
  };
}

interface MessageLimit {
  readonly limit: keyof MethodLimits;
  readonly allowed: number;
}

const messageLimit = (isJson: boolean, { bodyBytes, jsonBytes }: MethodLimits): MessageLimit =>
  isJson && jsonBytes < bodyBytes
    ? { limit: "jsonBytes", allowed: jsonBytes }
    : { limit: "bodyBytes", allowed: bodyBytes };

const NO_GRPC_CALL = "call it by Connect or gRPC-Web: gRPC itself needs trailers, which can't be sent here";

function unknownType(c: AppContext): AppError {
  c.header("accept-post", UNARY_TYPES);
  const type = c.req.header("content-type") ?? "";
  return new AppError(
    "unsupported_media_type",
    `${type === "" ? "a body of no type" : `Content-Type ${type.slice(0, 200)}`} is not taken; use one of ${UNARY_TYPES}`,
    { allowed: UNARY_TYPES, documentation: "docs/formats.md", ...(isGrpc(type) && { advice: NO_GRPC_CALL }) },
  );
}

/** The library's own refusals in our words: they are all about the request. */
function asAppErrorOfConnect(error: unknown, { limit, allowed }: MessageLimit): unknown {
  if (!(error instanceof ConnectError)) return error;
  switch (error.code) {
    case Code.Unimplemented:
      return new AppError("unimplemented", error.rawMessage, { documentation: "docs/formats.md" });
    case Code.ResourceExhausted:
      return new AppError("body_too_large", `${error.rawMessage}, limit ${limit} is ${allowed}`, {
        limit,
        actual: `over ${allowed}`,
        allowed,
      });
    default:
      return new AppError("invalid_argument", error.rawMessage);
  }
}
