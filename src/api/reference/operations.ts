// All operations of the reference, and the routes that are none.
import { ANNOTATING } from "./annotations.ts";
import { FILES_AND_EMBEDS } from "./files.ts";
import { MANAGING } from "./managing.ts";
import type { Operation } from "./operation.ts";
import { READING } from "./reading.ts";
import { SHARING_OPERATIONS } from "./sharing.ts";
import { UPLOADING } from "./uploading.ts";

export const OPERATIONS: readonly Operation[] = [
  ...UPLOADING,
  ...READING,
  ...MANAGING,
  ...ANNOTATING,
  ...SHARING_OPERATIONS,
  ...FILES_AND_EMBEDS,
];

/** Routes that are no operations of their own: `METHOD path` → why. Methods of Connect services have their own table. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "POST /pyroscope/ingest": "the same as POST /ingest",
  "POST //ingest": "the same as POST /ingest, for addresses that end with a slash",
  "POST /opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export":
    "the same as POST /v1development/profiles, where exporters of gRPC look for it",
  "POST /api/exemplars:merge": "the same as POST /merge",
  "POST /debuginfo.v1alpha1.DebuginfoService/Upload/:id": "answers that executables are not taken",
  "POST /": "the same as POST /api/upload/v1",
  "OPTIONS /": "answers browsers that ask before an upload",
  "OPTIONS /api/upload/v1": "answers browsers that ask before an upload",
  "GET /": "the page",
  "GET /*": "files of the page",
  "GET /api/docs": "the page of this reference",
  "GET /share/:key": "a page",
  "GET /share/:key/:other": "a page",
  "GET /share/:key/iframe": "a page to be embedded",
  "GET /share/:key/:other/iframe": "a page to be embedded",
  "GET /embed/:token": "a page to be embedded",
  "GET /embed/:token/delete/:secret": "a page that asks before it revokes",
  "POST /embed/:token/delete/:secret": "what that page sends",
  "GET /share/:key/report": "a page that asks what is wrong",
  "GET /share/:key/delete/:secret": "a page that asks before it deletes",
  "POST /share/:key/delete/:secret": "what that page sends",
};
