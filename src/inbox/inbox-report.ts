// What an isolate tells the inbox: one kind of thing that happened to uploads, and how often. Plain values: it crosses an RPC
// and becomes a row.
import { INBOX } from "../config.ts";

export interface InboxReport {
  readonly outcome: "refused" | "mended";
  /** null: none that could be read. */
  readonly app: string | null;
  /** The request had no right to write: nothing that it says of itself is believed. */
  readonly turnedAway: boolean;
  /** Unix seconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly path: string;
  readonly format: string;
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
  readonly limit: string | null;
  readonly actual: number | string | null;
  readonly allowed: number | string | null;
  readonly userAgent: string;
  readonly spyName: string;
  readonly series: string;
  readonly sizeBytes: number | null;
  readonly firstBytesHex: string;
}

/** Entries that share a ring share its room. */
export const ringOf = ({ app, turnedAway }: Pick<InboxReport, "app" | "turnedAway">): string =>
  turnedAway ? TURNED_AWAY_RING : app === null ? NO_APP_RING : `${APP_RINGS}${app}`;
export const NO_APP_RING = "none";
export const TURNED_AWAY_RING = "turned away";
export const APP_RINGS = "app:";

const KEY_CHARS = 120;

/** Reports with the same key are the same thing again. Numbers in a message count as equal: offsets and sizes differ each time. */
export const sameKey = (report: InboxReport): string =>
  JSON.stringify([
    ringOf(report),
    report.outcome,
    report.path,
    report.status,
    report.reason,
    report.limit,
    report.userAgent.slice(0, KEY_CHARS),
    report.spyName.slice(0, KEY_CHARS),
    report.message.replaceAll(/\d+/g, "0").slice(0, KEY_CHARS),
  ]);

/** `again` is of the same thing, later or at the same time: it is the example that is kept. */
export const merged = (before: InboxReport, again: InboxReport): InboxReport => ({
  ...again,
  count: before.count + again.count,
  firstAt: Math.min(before.firstAt, again.firstAt),
  lastAt: Math.max(before.lastAt, again.lastAt),
});

const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars - 1)}…`);
const cutAmount = (amount: number | string | null) => (typeof amount === "string" ? cut(amount, KEY_CHARS) : amount);

/** Every text within its bound, whatever was sent. */
export const bounded = (report: InboxReport): InboxReport => ({
  ...report,
  app: report.app === null ? null : cut(report.app, INBOX.textChars),
  path: cut(report.path, INBOX.textChars),
  format: cut(report.format, KEY_CHARS),
  message: cut(report.message, INBOX.textChars),
  advice: cut(report.advice, INBOX.textChars),
  limit: report.limit === null ? null : cut(report.limit, KEY_CHARS),
  actual: cutAmount(report.actual),
  allowed: cutAmount(report.allowed),
  userAgent: cut(report.userAgent, INBOX.textChars),
  spyName: cut(report.spyName, KEY_CHARS),
  series: cut(report.series, INBOX.seriesChars),
  firstBytesHex: report.firstBytesHex.slice(0, 2 * INBOX.firstBytes),
});
