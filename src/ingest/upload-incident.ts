// What befell an upload, told while a request is being worked on: whoever listens (http/upload-watch.ts) keeps it for the inbox.
import type { AppError } from "../lib/app-error.ts";
import type { UploadNote } from "../profile/upload-note.ts";

/** One of a request's profiles, as far as it is known. */
export interface UploadSubject {
  /** The service; null when none could be read. */
  readonly app: string | null;
  /** Name and labels as sent, in words. */
  readonly series: string;
  readonly spyName: string;
  /** As sent; only its beginning and its length are kept. */
  readonly bytes: Uint8Array | null;
}

export interface IncidentListener {
  refused(error: AppError, subject: UploadSubject): void;
  mended(notes: readonly UploadNote[], subject: UploadSubject): void;
}

export const NOBODY_LISTENS: IncidentListener = { refused: () => {}, mended: () => {} };
