// A method of a Connect service as a line of the route table.
import type { DescMessage, DescMethodUnary } from "@bufbuild/protobuf";
import type { UnaryAnswer } from "../connect/unary.ts";
import { connectMethod } from "./connect.ts";
import type { AppContext } from "./context.ts";
import type { Scope } from "./gate.ts";

export interface ServiceMethod {
  readonly path: string;
  readonly scope: Scope;
  readonly handle: (c: AppContext) => Promise<Response>;
}

/** Questions are small: names, selectors, a few numbers. */
export const QUESTION_BYTES = 1024 * 1024;

/** @param mostBytes of a request, as it comes and inflated */
export function serviceMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  scope: Scope,
  answer: UnaryAnswer<I, O, AppContext>,
  mostBytes = QUESTION_BYTES,
): ServiceMethod {
  const limits = (c: AppContext) => {
    const bytes = Math.min(mostBytes, c.get("limits").bodyBytes);
    return { bodyBytes: bytes, jsonBytes: bytes };
  };
  const handle = connectMethod(method, { limits, refused: "a question" }, answer);
  return { path: `/${method.parent.typeName}/${method.name}`, scope, handle };
}
