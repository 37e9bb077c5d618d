/**
 * Names of exported files: `shop.cpu_2026-01-02T0304Z_0404Z.svg`. Only what every file system, shell and header takes, and never a name that
 * some system keeps for itself.
 */

export interface FileSubject {
  /** A query or a title: what the graph is of. */
  readonly what: string;
  /** Unix seconds. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Of a diff: that it is one, and of what. */
  readonly compared?: string | undefined;
}

const MOST_CHARS = 80;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** @param ending with its dot */
export function exportFileName({ what, from, until, compared }: FileSubject, ending: string): string {
  const subject = compared === undefined ? what : compared === what ? `diff ${what}` : `diff ${what} ${compared}`;
  const words = subject
    .replaceAll(/[^A-Za-z0-9.]+/g, "-")
    .replaceAll(/\.{2,}/g, ".")
    .slice(0, MOST_CHARS)
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  const stem = words === "" || RESERVED.test(words.split(".")[0] ?? "") ? `flame-graph-${words}` : words;
  return [stem.replace(/-$/, ""), ...rangeWords(from, until)].join("_") + ending;
}

/** Of one day, the day once. */
function rangeWords(from: number | undefined, until: number | undefined): string[] {
  const [start, end] = [from, until].map(minuteWord);
  if (!start || !end) return [];
  return [start, start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end];
}

/** Times come from whoever made the share. */
function minuteWord(seconds: number | undefined): string | null {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(date.toISOString())?.[0].replace(":", "").concat("Z") ?? null;
}
