// Requests of OTLP for tests, and all that comes of them.
import { LIMITS, type Limits } from "../../src/config.ts";
import { decodeOtlp, type OtlpUpload } from "../../src/formats/otlp/decode.ts";
import type { OtlpRequest } from "../../src/formats/otlp/messages.ts";
import { readOtlpJson } from "../../src/formats/otlp/read-request.ts";

export const OPTIONS = { limits: LIMITS, goRepair: true };

export const decodeAll = (request: OtlpRequest, limits: Limits = LIMITS, goRepair = true): OtlpUpload[] => [
  ...decodeOtlp(request, { limits, goRepair }),
];

export const requestOfJson = (request: object): OtlpRequest =>
  readOtlpJson(new TextEncoder().encode(JSON.stringify(request)), LIMITS);
