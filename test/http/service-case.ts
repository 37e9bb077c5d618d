// A row of what the services beside the querier are asked: as the querier's, with its service.
import type { JsonObject } from "@bufbuild/protobuf";
import type { QuerierCase } from "./querier-case.ts";

export interface ServiceCase extends QuerierCase {
  readonly service: string;
}

/** Makes rows of one service. */
export const rowsOf = (service: string) => ({
  ok: (method: string, what: string, request: JsonObject, answer: JsonObject): ServiceCase => ({
    service,
    method,
    what,
    request,
    code: "ok",
    answer,
  }),
  refused: (
    method: string,
    what: string,
    request: JsonObject,
    message: RegExp,
    code = "invalid_argument",
  ): ServiceCase => ({ service, method, what, request, code, message }),
});
