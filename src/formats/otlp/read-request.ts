// Reads an export request, from protobuf or from JSON: what lists it has, whose rows are read when they are asked for.
import type { Limits } from "../../config.ts";
import { parseJson } from "../json-file.ts";
import { messageOfJson } from "./from-json.ts";
import { messageOfProto } from "./from-proto.ts";
import type { OtlpRequest } from "./messages.ts";
import { rowCount } from "./row-count.ts";

/** @throws AppError malformed_profile, profile_too_large, and so does whatever is read of it later */
export const readOtlpProto = (bytes: Uint8Array): OtlpRequest => ({
  ...messageOfProto(bytes, "request", rowCount()),
  byteLength: bytes.length,
});

/** @throws AppError malformed_profile, profile_too_large, and so does whatever is read of it later */
export const readOtlpJson = (bytes: Uint8Array, limits: Limits): OtlpRequest => ({
  ...messageOfJson(parseJson(bytes, "otlp", limits), "request", rowCount()),
  byteLength: bytes.length,
});
