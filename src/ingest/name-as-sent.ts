// What the parameters of POST /ingest say of an upload, as far as they can be read: for uploads that were refused.
import { AppError } from "../lib/app-error.ts";
import { readUploadName } from "../profile/app-name.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { labelValue } from "../profile/labels.ts";
import { chooseFormat } from "./choose-format.ts";
import { textService } from "./type-plan.ts";
import type { UploadSubject } from "./upload-incident.ts";

export interface NameAsSent extends Pick<UploadSubject, "app" | "series" | "spyName"> {
  readonly format: string;
}

const OWN_NAME = new Set(["pprof", "pprof-parts", "jfr"]);

export function nameAsSent(params: URLSearchParams, contentType: string): NameAsSent {
  const series = params.get("name") ?? "";
  const format = chooseFormat(params.get("format") ?? "", contentType);
  return { series, format, app: serviceOf(series, format), spyName: params.get("spyName") ?? "" };
}

/** The service that the upload would have been stored under; null when the name can't be read. */
function serviceOf(name: string, format: string): string | null {
  try {
    const { app, labels } = readUploadName(name, new LabelDrops());
    return labelValue(labels, "service_name") || (OWN_NAME.has(format) ? app : textService(app).service);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
