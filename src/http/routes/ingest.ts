// POST /ingest: what Pyroscope agents send.
import { LIMITS } from "../../config.ts";
import { decodeUpload } from "../../ingest/decode-upload.ts";
import { storeUpload } from "../../ingest/store-upload.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { logEvent } from "../log.ts";
import { countUpload } from "../metrics.ts";
import { clockOf, storePorts } from "../ports.ts";

/** 200 with an empty body, once the upload is durable. */
export async function ingest(c: AppContext): Promise<Response> {
  const body = await readBody(c.req.raw, LIMITS.bodyBytes);
  const request = {
    params: new URL(c.req.url).searchParams,
    contentType: c.req.header("content-type") ?? "",
    body,
  };
  const goRepair = c.env.EDGEFLAME_GO_REPAIR !== "off";
  const upload = await decodeUpload(request, { now: clockOf(c.env)(), limits: LIMITS, goRepair });
  if (upload !== null) {
    await storeUpload(storePorts(c.env), upload);
    if (upload.notes.length > 0) {
      logEvent("upload_mended", {
        service: upload.service,
        notes: upload.notes.slice(0, 8),
        count: upload.notes.length,
      });
    }
  }
  countUpload(body.length, upload !== null);
  return c.body(null, 200);
}
