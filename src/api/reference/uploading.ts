// Operations that take profiles. Push is a Connect service: proto/push/v1/push.proto.
import { ShareAnswer, UploadRequest } from "../share.ts";
import { JSON_TYPE, json, type Operation } from "./operation.ts";
import { FileQuery, IngestQuery } from "./parameters.ts";

export const UPLOADING: readonly Operation[] = [
  {
    id: "ingest",
    group: "Uploads",
    method: "POST",
    path: "/ingest",
    scope: "write",
    summary: "One profile of an app, as Pyroscope's agents send it",
    details:
      "Taken again without counting twice when the same bytes, name and range come a second time, or the same `Idempotency-Key`; the header `Edgeflame-Duplicate: 1` then says so. What was mended is told in `Edgeflame-Notes`.",
    query: IngestQuery,
    body: {
      what: "The profile; in a form, the parts `profile`, `prev_profile`, `sample_type_config`, `jfr` and `labels`",
      content: [
        { type: "application/octet-stream" },
        { type: "multipart/form-data" },
        { type: "binary/octet-stream+trie" },
        { type: "binary/octet-stream+tree" },
        { type: "text/plain" },
      ],
    },
    answers: [{ status: 200, what: "It is durable. The body is empty" }],
    example: {
      query: { name: "shop.cpu{region=eu}" },
      text: "main;work 90\nmain;idle 10\n",
      type: "text/plain",
    },
  },
  {
    id: "ingestOtlp",
    group: "Uploads",
    method: "POST",
    path: "/v1development/profiles",
    scope: "write",
    summary: "OTLP profiles over HTTP",
    details: "Success is an empty message; errors are plain text, as exporters expect them.",
    body: {
      what: "An ExportProfilesServiceRequest, gzipped or not",
      content: [{ type: "application/x-protobuf" }, { type: JSON_TYPE }],
    },
    answers: [{ status: 200, what: "All of it is durable", content: [{ type: "application/x-protobuf" }] }],
    example: { file: "profiles.pb", type: "application/x-protobuf" },
  },
  {
    id: "upload",
    group: "Uploads",
    method: "POST",
    path: "/api/upload/v1",
    scope: "open",
    summary: "A file of any format becomes a link",
    details:
      "Needs a token of the scope `write`, unless the operator lets strangers in (EDGEFLAME_ANONYMOUS_UPLOADS). The body is the file, or JSON as clients of flamegraph.com send it. `POST /` is the same.",
    query: FileQuery,
    body: {
      what: "The file, whatever its Content-Type, or JSON with the file in it",
      content: [{ type: "application/octet-stream" }, ...json(UploadRequest)],
    },
    answers: [{ status: 200, what: "Where it is, and how to delete it", content: json(ShareAnswer) }],
    example: { query: { name: "before the fix" }, file: "cpu.pprof", type: "application/octet-stream" },
  },
];
