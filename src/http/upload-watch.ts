// Watches one request that brings uploads, and tells the inbox what was refused of it or mended. Costs nothing while all is
// well. Of headers only User-Agent and Content-Type are looked at, of the query only what names the upload: no secret is kept.
import { INBOX } from "../config.ts";
import type { InboxReport } from "../inbox/inbox-report.ts";
import { type NameAsSent, nameAsSent } from "../ingest/name-as-sent.ts";
import type { IncidentListener, UploadSubject } from "../ingest/upload-incident.ts";
import type { AppError, ErrorCode } from "../lib/app-error.ts";
import { toHex } from "../lib/hex.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import { adviceOn } from "./advice.ts";
import type { AppContext } from "./context.ts";
import { tellInbox } from "./inbox.ts";
import { clockOf } from "./ports.ts";

export interface UploadWatch {
  /** The request's body, once it is read. */
  sees(body: Uint8Array): void;
  /** The request as a whole was refused. Nothing is added where its profiles were told one by one. */
  refused(error: AppError, status: number): void;
  /** The request's one upload was taken. @param app null: by its name as sent */
  mended(notes: readonly UploadNote[], app: string | null): void;
  /** For requests of many profiles. */
  listener(statusOf: (code: ErrorCode) => number): IncidentListener;
}

/** Before a handler is asked, and before it is known whether the request may write. */
const BEFORE_THE_HANDLER: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "permission_denied",
  "not_found",
  "method_not_allowed",
]);
/** Faults of ours are no news about an upload: the sender tries again. */
const LEAST_OWN_FAULT = 500;

export function watchUpload(c: AppContext): UploadWatch {
  let body: Uint8Array | null = null;
  /** Of one profile or service: the request may be answered with the same. */
  const told = new Set<AppError>();

  const tell = (what: What, subject: UploadSubject & { readonly format: string }, turnedAway = false) =>
    tellInbox(c, { ...factsOf(c), ...what, ...aboutOf(subject, sizeOf(c, subject.bytes)), turnedAway });
  const whole = (): UploadSubject & { readonly format: string } => ({ ...sentOf(c), bytes: body });

  return {
    sees(bytes) {
      body = bytes;
    },
    refused(error, status) {
      if (told.has(error) || error.facts.refused !== undefined || status >= LEAST_OWN_FAULT) return;
      if (!BEFORE_THE_HANDLER.has(error.code)) tell(refusal(error, status), whole());
      // Nobody has vouched for its words: they are filed under no application.
      else tell(refusal(error, status), { ...whole(), app: null }, true);
    },
    mended(notes, app) {
      for (const note of firstOfEach(notes)) tell(mending(note), { ...whole(), ...(app !== null && { app }) });
    },
    listener: (statusOf) => ({
      refused(error, subject) {
        told.add(error);
        const status = statusOf(error.code);
        if (status < LEAST_OWN_FAULT) tell(refusal(error, status), { ...subject, format: mediaTypeOf(c) });
      },
      mended(notes, subject) {
        for (const note of firstOfEach(notes)) tell(mending(note), { ...subject, format: mediaTypeOf(c) });
      },
    }),
  };
}

type What = Pick<InboxReport, "outcome" | "status" | "reason" | "message" | "advice" | "limit" | "actual" | "allowed">;

function refusal(error: AppError, status: number): What {
  const { limit = null, actual = null, allowed = null } = error.facts;
  const { code: reason, message } = error;
  return {
    outcome: "refused",
    status,
    reason,
    message,
    advice: adviceOn(error, "an upload") ?? "",
    limit,
    actual,
    allowed,
  };
}

const mending = (note: UploadNote): What => {
  const { kind: reason, subject: message, advice, limit, actual, allowed } = note;
  return { outcome: "mended", status: 200, reason, message, advice, limit, actual, allowed };
};

/** One upload may have a thousand notes of one kind: it is one mended upload. */
const firstOfEach = (notes: readonly UploadNote[]): UploadNote[] =>
  notes.length === 0 ? [] : [...Map.groupBy(notes, ({ kind }) => kind).values()].flatMap(([first]) => first ?? []);

function factsOf(c: AppContext) {
  const now = clockOf(c.env)();
  const { pathname } = new URL(c.req.url);
  return { firstAt: now, lastAt: now, count: 1, path: pathname, userAgent: c.req.header("user-agent") ?? "" };
}

const aboutOf = (
  { app, series, spyName, format, bytes }: UploadSubject & { format: string },
  sizeBytes: number | null,
) => ({
  app,
  series,
  spyName,
  format,
  sizeBytes,
  firstBytesHex: bytes === null ? "" : toHex(bytes.subarray(0, INBOX.firstBytes)),
});

/** Of a body that was not read, what its sender says it has. */
function sizeOf(c: AppContext, bytes: Uint8Array | null): number | null {
  if (bytes !== null) return bytes.length;
  const declared = c.req.header("content-length") ?? "";
  return /^\d{1,15}$/.test(declared) ? Number(declared) : null;
}

const mediaTypeOf = (c: AppContext): string => (c.req.header("content-type") ?? "").split(";")[0]?.trim() ?? "";

/** Only /ingest says in its parameters what it brings. */
function sentOf(c: AppContext): NameAsSent {
  const { pathname, searchParams } = new URL(c.req.url);
  if (pathname.endsWith("/ingest")) return nameAsSent(searchParams, c.req.header("content-type") ?? "");
  return { app: null, series: "", spyName: "", format: mediaTypeOf(c) };
}
