// POST /ingest: what Pyroscope agents send.

import { adviseOnRequest } from "../../ingest/advise-on-request.ts";
import { decodeUpload } from "../../ingest/decode-upload.ts";
import { nothingStored } from "../../ingest/nothing-stored.ts";
import { shedNote } from "../../ingest/shed-note.ts";
import { storeUpload } from "../../ingest/store-upload.ts";
import { identifyUpload } from "../../ingest/upload-id.ts";
import { readBody } from "../body.ts";
import { requireKnownEncoding } from "../content-encoding.ts";
import type { AppContext } from "../context.ts";
import { ingestSettings } from "../ingest-settings.ts";
import { placeOf } from "../location-hint.ts";
import { countDuplicates, countUploads } from "../metrics.ts";
import { anyRoute, storePorts } from "../ports.ts";
import { tellNotes } from "../upload-notes.ts";

/** 200 with an empty body, once the upload is durable; a header tells the sender of one that was counted before. */
export async function ingest(c: AppContext): Promise<Response> {
  const body = await readBody(c.req.raw, c.get("limits").bodyBytes);
  const watch = c.get("upload");
  watch?.sees(body);
  requireKnownEncoding(c.req.header("content-encoding"));
  const request = {
    params: new URL(c.req.url).searchParams,
    contentType: c.req.header("content-type") ?? "",
    body,
  };
  const upload = await decodeUpload(request, ingestSettings(c)).catch((error: unknown) => {
    throw adviseOnRequest(error, request);
  });
  if (upload !== null) {
    const ports = storePorts(c.env, placeOf(c.req.raw), c.get("limits"));
    const identity = await identifyUpload(request, {
      tenant: ports.tenant,
      key: c.req.header("idempotency-key") ?? "",
      carriesTime: upload.carriesTime,
      limits: c.get("limits"),
      anyRoute,
    });
    const { kind, shed } = await storeUpload(ports, upload, identity, body.length);
    if (kind === "duplicate") {
      countDuplicates(1);
      c.header("edgeflame-duplicate", "1");
    }
    const notes = shed === null ? upload.notes : [shedNote(shed), ...upload.notes];
    tellNotes(c.res.headers, notes, notes.length, upload.service);
    if (notes.length > 0) watch?.mended(notes, upload.service);
  } else {
    const note = nothingStored(request, { limits: c.get("limits") });
    if (note !== null) {
      tellNotes(c.res.headers, [note]);
      watch?.mended([note], null);
    }
  }
  countUploads(body.length, upload === null ? 0 : 1, upload === null ? 1 : 0);
  return c.body(null, 200);
}
