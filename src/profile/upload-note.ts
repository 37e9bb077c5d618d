// What was mended in an upload, or left out of it, so that the rest could be kept. Never fatal. The sender gets it with the
// answer, the log has it, and the inbox shows it.
//
// Plain values only: a note crosses RPCs and goes into JSON as it is.

export type UploadNoteKind =
  | "depth_truncated"
  | "symbol_truncated"
  | "label_dropped"
  | "time_replaced"
  | "samples_dropped"
  /** Samples count, but are not found by their span. */
  | "spans_dropped"
  /** The body was taken, and there was no profile in it. */
  | "nothing_stored"
  /** Over the rate limit: totals were counted, stacks were not kept. */
  | "stacks_shed";

export interface UploadNote {
  readonly kind: UploadNoteKind;
  /** What it happened to, in words: "2 stacks", "label region". Holds text of the sender's, cut to a bound. */
  readonly subject: string;
  /** The limit's name in docs/limits.md; null when no limit was passed (a negative value, a name that is none). */
  readonly limit: string | null;
  /** What was sent, and what the limit allows; null without a limit. */
  readonly actual: number | string | null;
  readonly allowed: number | string | null;
  /** What was done, and what to do about it. */
  readonly advice: string;
}

/** Longer text of the sender's is cut: a label's name may have a kilobyte. */
const SUBJECT_CHARS = 120;

export const shortened = (text: string): string =>
  text.length <= SUBJECT_CHARS ? text : `${text.slice(0, SUBJECT_CHARS)}…`;

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A note on a limit that was passed. */
export const limitNote = (
  kind: UploadNoteKind,
  subject: string,
  [limit, actual, allowed]: readonly [limit: string, actual: number | string, allowed: number | string],
  advice: string,
): UploadNote => ({ kind, subject: shortened(subject), limit, actual, allowed, advice });

/** A note on something that no limit is about. */
export const plainNote = (kind: UploadNoteKind, subject: string, advice: string): UploadNote => ({
  kind,
  subject: shortened(subject),
  limit: null,
  actual: null,
  allowed: null,
  advice,
});

export const belowZero = (samples: number): UploadNote =>
  plainNote(
    "samples_dropped",
    `${counted(samples, "sample")} with a value below zero`,
    "left out; send differences only of what grows",
  );

/** Of text, whose counts are also time at the rate of their samples. */
export const timeLeftOut = (): UploadNote =>
  limitNote(
    "samples_dropped",
    "the time of all samples",
    ["totalOfType", "over 2^63 - 1", "2^63 - 1"],
    "the counts were kept; end the name with what they are, as in app.alloc_space",
  );

/** For people, on one line. */
export const noteText = ({ subject, limit, actual, allowed, advice }: UploadNote): string =>
  limit === null ? `${subject}: ${advice}` : `${subject}: ${actual}, limit ${limit} is ${allowed}; ${advice}`;

export const depthTruncated = (stacks: number, deepest: number, stackDepth: number): UploadNote =>
  limitNote(
    "depth_truncated",
    counted(stacks, "stack"),
    ["stackDepth", deepest, stackDepth],
    "frames next to the root were kept",
  );

export const symbolsTruncated = (names: number, symbolBytes: number): UploadNote =>
  limitNote(
    "symbol_truncated",
    counted(names, "name"),
    ["symbolBytes", `over ${symbolBytes}`, symbolBytes],
    "the end of each was kept; name functions shorter",
  );

export const spansLeftOut = (samples: number, { spansPerUpload }: { readonly spansPerUpload: number }): UploadNote =>
  limitNote(
    "spans_dropped",
    counted(samples, "sample"),
    ["spansPerUpload", `over ${spansPerUpload}`, spansPerUpload],
    "they count, but their spans have no flame graph; upload more often, or profile fewer requests",
  );

/** Notes of one upload or request: one of each subject and limit, and no more than are worth reading. */
export class UploadNotes {
  readonly #notes = new Map<string, UploadNote>();
  readonly #most: number;
  /** All that were added, kept or not. */
  count = 0;

  constructor(most = 10) {
    this.#most = most;
  }

  add(...notes: readonly UploadNote[]): void {
    this.count += notes.length;
    for (const note of notes) {
      if (this.#notes.size >= this.#most) return;
      const key = `${note.kind} ${note.limit} ${note.subject}`;
      if (!this.#notes.has(key)) this.#notes.set(key, note);
    }
  }

  get list(): UploadNote[] {
    return [...this.#notes.values()];
  }
}
