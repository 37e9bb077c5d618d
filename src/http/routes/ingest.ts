// POST /ingest: what Pyroscope agents send.
import { LIMITS } from "../../config.ts";
import { decodeUpload } from "../../ingest/decode-upload.ts";
import { storeUpload } from "../../ingest/store-upload.ts";
import { identifyUpload } from "../../ingest/upload-id.ts";
import { readBody } from "../body.ts";
import type { AppContext } from "../context.ts";
import { logEvent } from "../log.ts";
import { countDuplicate, countUpload } from "../metrics.ts";
import { clockOf, storePorts } from "../ports.ts";

/** 200 with an empty body, once the upload is durable; a header tells the sender of one that was counted before. */
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
    const ports = storePorts(c.env);
    const identity = await identifyUpload(request, {
      tenant: ports.tenant,
      key: c.req.header("idempotency-key") ?? "",
      limits: LIMITS,
    });
    if ((await storeUpload(ports, upload, identity)) === "duplicate") {
      countDuplicate();
      c.header("edgeflame-duplicate", "1");
    }
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
