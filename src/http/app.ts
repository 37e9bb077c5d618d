// The whole route table on one screen, and what every request passes: an id, the gate, one place for errors.
import { Hono } from "hono";
import { AppError } from "../lib/app-error.ts";
import { labelNames, labelValues, labelValuesV2, oldApps, services, tags } from "../query/labels.ts";
import { renderOld } from "../query/render.ts";
import { renderDiffOld, renderDiffV2 } from "../query/render-diff.ts";
import { renderV2 } from "../query/render-v2.ts";
import type { AppBindings, AppContext } from "./context.ts";
import { asAppError, errorResponse } from "./errors.ts";
import { requireOwnHand, requireScope, type Scope } from "./gate.ts";
import { missedUpload } from "./missed-upload.ts";
import { nothingAt, page } from "./page.ts";
import { rootOf, tenantOf } from "./ports.ts";
import { noteRefusal } from "./refusals.ts";
import { buildInfo, refuseExecutable } from "./routes/about.ts";
import { diffAdhoc, getAdhoc, listAdhoc, uploadAdhoc } from "./routes/adhoc.ts";
import { getAnnotations, postAnnotation, removeAnnotation } from "./routes/annotations.ts";
import { deleteOldApp, getDeletion, listDeletions, postDeletion } from "./routes/deletion.ts";
import { deleteEmbed, embedData, embedPage, embedPreview, getEmbeds, postEmbed, revokeEmbed } from "./routes/embed.ts";
import { getInbox } from "./routes/inbox.ts";
import { ingest } from "./routes/ingest.ts";
import { getLimits, putLimits } from "./routes/limits.ts";
import { healthz, metrics, ready } from "./routes/operations.ts";
import { otlp } from "./routes/otlp.ts";
import { getPreview } from "./routes/preview.ts";
import { push } from "./routes/push.ts";
import { getExemplars, jsonReader, postMerge, reader } from "./routes/read.ts";
import { profileMetrics } from "./routes/recording-rules.ts";
import { apiDocs, openApi } from "./routes/reference.ts";
import { dismissReport, getReports, reportShare } from "./routes/report.ts";
import { getRetention, putRetention } from "./routes/retention.ts";
import { SERVICE_METHODS } from "./routes/services.ts";
import {
  deleteShare,
  getShares,
  oembed,
  postClaim,
  postShare,
  shareData,
  shareDifference,
  shareFrame,
  shareOriginal,
  sharePage,
  takeDownShare,
} from "./routes/share.ts";
import { postUpload, uploadOptions } from "./routes/upload.ts";
import { tenantLimits } from "./tenant-limits.ts";
import { watchUpload } from "./upload-watch.ts";

type Handler = (c: AppContext) => Response | Promise<Response>;

/** [method, path, scope it needs, handler]. A path that is here answers any other method with 405. */
const ROUTES: readonly (readonly [method: string, path: string, scope: Scope | "open", handle: Handler])[] = [
  ["POST", "/ingest", "write", ingest],
  // What the Node agent makes of an address that ends with a slash.
  ["POST", "//ingest", "write", ingest],
  ["POST", "/pyroscope/ingest", "write", ingest],
  ["POST", "/push.v1.PusherService/Push", "write", push],
  ["POST", "/v1development/profiles", "write", otlp],
  ["POST", "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", "write", otlp],

  ...SERVICE_METHODS.map(({ path, scope, handle }) => ["POST", path, scope, handle] as const),
  ["POST", "/debuginfo.v1alpha1.DebuginfoService/Upload/:id", "write", refuseExecutable],
  ["GET", "/render", "read", reader("render", renderOld)],
  ["GET", "/render-diff", "read", reader("render-diff", renderDiffOld)],
  ["GET", "/labels", "read", jsonReader("labels", labelNames)],
  ["GET", "/label-values", "read", jsonReader("label-values", labelValues)],
  ["POST", "/merge", "read", postMerge],
  ["POST", "/api/exemplars:merge", "read", postMerge],
  ["GET", "/api/exemplars:query", "read", getExemplars],
  ["GET", "/api/apps", "read", jsonReader("apps", oldApps)],
  ["GET", "/pyroscope/render", "read", reader("render-v2", renderV2)],
  ["GET", "/pyroscope/render-diff", "read", reader("render-diff-v2", renderDiffV2)],
  ["GET", "/pyroscope/label-values", "read", jsonReader("label-values-v2", labelValuesV2)],

  ["GET", "/api/services", "read", jsonReader("services", services)],
  ["GET", "/api/tags", "read", jsonReader("tags", tags)],
  ["GET", "/api/inbox", "read", getInbox],
  ["GET", "/api/annotations", "read", getAnnotations],
  ["POST", "/api/annotations", "write", postAnnotation],
  ["DELETE", "/api/annotations/:id", "write", removeAnnotation],
  ["DELETE", "/api/apps", "admin", deleteOldApp],
  ["POST", "/api/deletions", "admin", postDeletion],
  ["GET", "/api/deletions", "admin", listDeletions],
  ["GET", "/api/deletions/:id", "admin", getDeletion],
  ["GET", "/api/retention", "read", getRetention],
  ["PUT", "/api/retention", "admin", putRetention],
  ["GET", "/api/limits", "read", getLimits],
  ["PUT", "/api/limits", "admin", putLimits],

  ["POST", "/api/adhoc/v1/upload", "write", uploadAdhoc],
  ["GET", "/api/adhoc/v1/profiles", "read", listAdhoc],
  ["GET", "/api/adhoc/v1/profile/:id", "read", getAdhoc],
  ["GET", "/api/adhoc/v1/diff/:left/:right", "read", diffAdhoc],

  ["POST", "/api/shares", "read", postShare],
  ["GET", "/api/shares", "admin", getShares],
  ["DELETE", "/api/shares/:key", "admin", takeDownShare],
  ["POST", "/api/shares/:key/claim", "read", postClaim],
  ["POST", "/api/embeds", "read", postEmbed],
  ["GET", "/api/embeds", "admin", getEmbeds],
  ["DELETE", "/api/embeds/:id", "admin", revokeEmbed],
  ["GET", "/embed/:token", "open", embedPage],
  ["GET", "/embed/:token/data", "open", embedData],
  ["GET", "/embed/:token/preview.png", "open", embedPreview],
  ["GET", "/embed/:token/delete/:secret", "open", deleteEmbed],
  ["POST", "/embed/:token/delete/:secret", "open", deleteEmbed],
  ["DELETE", "/embed/:token/delete/:secret", "open", deleteEmbed],
  ["POST", "/api/upload/v1", "open", postUpload],
  ["OPTIONS", "/api/upload/v1", "open", uploadOptions],
  ["POST", "/", "open", postUpload],
  ["OPTIONS", "/", "open", uploadOptions],
  ["GET", "/", "open", page],
  ["GET", "/share/:key", "open", sharePage],
  ["GET", "/share/:key/iframe", "open", shareFrame],
  ["GET", "/share/:key/data", "open", shareData],
  ["GET", "/share/:key/original", "open", shareOriginal],
  ["GET", "/share/:key/delete/:secret", "open", deleteShare],
  ["POST", "/share/:key/delete/:secret", "open", deleteShare],
  ["DELETE", "/share/:key/delete/:secret", "open", deleteShare],
  ["GET", "/share/:key/report", "open", reportShare],
  ["POST", "/share/:key/report", "open", reportShare],
  ["GET", "/api/reports", "admin", getReports],
  ["DELETE", "/api/reports/:id", "admin", dismissReport],
  ["GET", "/share/:key/:other", "open", sharePage],
  ["GET", "/share/:key/:other/data", "open", shareDifference],
  ["GET", "/oembed", "open", oembed],
  ["GET", "/api/preview/:key", "open", getPreview],
  ["GET", "/api/preview/:key/:other", "open", getPreview],
  ["GET", "/share/:key/:other/iframe", "open", shareFrame],

  ["GET", "/api/v1/status/buildinfo", "read", buildInfo],
  ["GET", "/openapi.json", "open", openApi],
  ["GET", "/api/docs", "open", apiDocs],
  ["GET", "/ready", "open", ready],
  ["GET", "/healthz", "open", healthz],
  ["GET", "/metrics", "read", metrics],
  ["GET", "/metrics/profiles", "read", profileMetrics],
];

/** The ways in: what they refuse is kept for whoever sent it. */
const UPLOADS: ReadonlySet<Handler> = new Set([ingest, push, otlp]);
const UPLOAD_PATHS = ROUTES.filter(([, , , handle]) => UPLOADS.has(handle)).map(([, path]) => path);

export function createApp() {
  const app = new Hono<AppBindings>();
  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
  });
  for (const [method, path, scope, handle] of ROUTES) {
    app.on(method, path, async (c) => {
      if (UPLOADS.has(handle)) c.set("upload", watchUpload(c));
      if (scope !== "open") {
        await requireScope(c.env, c.req.header("authorization") ?? null, scope);
        c.set("limits", await tenantLimits(c.env, tenantOf()));
      }
      if (scope === "admin") requireOwnHand(c.env, c.req.raw);
      return handle(c);
    });
  }
  for (const path of new Set(ROUTES.map(([, path]) => path))) {
    const methods = ROUTES.filter((route) => route[1] === path).map(([method]) => method);
    app.all(path, (c) => {
      // Hono answers HEAD by GET; whatever else comes here has a path but not its method. `curl -T` sends a file by PUT.
      if (c.req.method === "PUT" && UPLOAD_PATHS.includes(path)) c.set("upload", watchUpload(c));
      c.header("allow", methods.join(", "));
      throw new AppError("method_not_allowed", `${c.req.method} ${path} is not possible; use ${methods.join(" or ")}`);
    });
  }
  app.get("*", page);
  app.notFound((c) => {
    const missed = missedUpload(c.req.raw, UPLOAD_PATHS, rootOf(c));
    if (missed !== null) c.set("upload", watchUpload(c));
    return answerError(c, nothingAt(new URL(c.req.url).pathname, missed ?? undefined));
  });
  app.onError((error, c) => answerError(c, error));
  return app;
}

function answerError(c: AppContext, thrown: unknown): Response {
  const error = asAppError(thrown);
  noteRefusal(c, thrown);
  const response = errorResponse(error, rootOf(c), {
    dialect: c.get("dialect"),
    refused: c.get("upload") === undefined ? "a question" : "an upload",
  });
  for (const name of ["allow", "accept-post"]) {
    const value = c.res.headers.get(name);
    if (value !== null) response.headers.set(name, value);
  }
  response.headers.set("x-request-id", c.get("requestId"));
  return response;
}
