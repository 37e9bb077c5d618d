// A row of "Deliberate differences" in docs/compatibility.md.
export interface Difference {
  readonly what: string;
  readonly pyroscope: string;
  readonly ours: string;
  readonly why: string;
  /** A test file, and words of a title or a case in it. */
  readonly proof: readonly [file: string, words: string];
}
