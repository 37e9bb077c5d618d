// Tells the sender, and the log, what of an upload was mended or left out. The bodies of answers are fixed by the protocols:
// a header has it, JSON of the first notes in ASCII.
import { logEvent } from "../lib/log.ts";
import { noteText, type UploadNote } from "../profile/upload-note.ts";

const HEADER = "edgeflame-notes";
const MOST_NOTES = 8;
const MOST_CHARS = 4096;

/** @param count of all notes, of which `notes` are the first */
export function tellNotes(
  headers: Headers,
  notes: readonly UploadNote[],
  count = notes.length,
  service?: string,
): void {
  if (count === 0) return;
  const told = notes.slice(0, MOST_NOTES);
  logEvent("upload_mended", { ...(service === undefined ? {} : { service }), notes: told.map(noteText), count });
  while (told.length > 0 && asciiJson(told).length > MOST_CHARS) told.pop();
  headers.set(HEADER, asciiJson(told));
}

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
