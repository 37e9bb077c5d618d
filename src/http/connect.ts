// From a route to a method of a Connect service, and from its errors to what its clients are told.
import type { DescMessage, DescMethodUnary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import { formOf, UNARY_TYPES } from "../connect/forms.ts";
import { type UnaryAnswer, unaryEndpoint } from "../connect/unary.ts";
import { AppError } from "../lib/app-error.ts";
import { readBody } from "./body.ts";
import type { AppContext } from "./context.ts";
import { asAppError, connectCodeOf } from "./errors.ts";
import { noteRefusal } from "./refusals.ts";

export interface MethodLimits {
  /** Of a request's body, and of its message. */
  readonly bytes: number;
  readonly jsonBytes: number;
}

/** A handler for POST. */
export function connectMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  limits: MethodLimits,
  answer: UnaryAnswer<I, O, AppContext>,
): (c: AppContext) => Promise<Response> {
  const options = { messageBytes: limits.bytes, jsonBytes: limits.jsonBytes, toConnect };
  const endpoint = unaryEndpoint(method, options, answer);
  return async (c) => {
    c.set("dialect", "connect");
    const { headers, url } = c.req.raw;
    const form = formOf(headers);
    if (form === null) throw unknownType(c);
    const request = { url, headers, form };
    let outcome: Awaited<ReturnType<typeof endpoint.answer>>;
    try {
      const body = await readBody(c.req.raw, Math.min(limits.bytes, c.get("limits").bodyBytes));
      c.get("upload")?.sees(body);
      outcome = await endpoint.answer(request, body, c);
    } catch (error) {
      outcome = await endpoint.refuse(request, error);
    }
    const { response, refusal } = outcome;
    if (response === null) throw asAppErrorOfConnect(refusal);
    if (refusal !== null) noteRefusal(c, asAppErrorOfConnect(refusal));
    return response;
  };
}

function unknownType(c: AppContext): AppError {
  c.header("accept-post", UNARY_TYPES);
  const type = c.req.header("content-type") ?? "";
  return new AppError(
    "unsupported_media_type",
    `${type === "" ? "a body of no type" : `Content-Type ${type.slice(0, 200)}`} is not taken; use one of ${UNARY_TYPES}`,
    { allowed: UNARY_TYPES, documentation: "docs/formats.md" },
  );
}

function toConnect(error: unknown): ConnectError {
  const { code, message } = asAppError(error);
  return new ConnectError(message, codeFromString(connectCodeOf(code)) ?? Code.Unknown);
}

/** The library's own refusals in our words: they are all about the request. */
function asAppErrorOfConnect(error: unknown): unknown {
  if (!(error instanceof ConnectError)) return error;
  switch (error.code) {
    case Code.Unimplemented:
      return new AppError("unimplemented", error.rawMessage, { documentation: "docs/formats.md" });
    case Code.ResourceExhausted:
      return new AppError("body_too_large", error.rawMessage, {
        limit: "bodyBytes",
        documentation: "docs/limits.md#bodyBytes",
      });
    default:
      return new AppError("invalid_argument", error.rawMessage);
  }
}
