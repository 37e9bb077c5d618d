// What an isolate has not told the inbox yet. A flood becomes a few counts here: the first report goes out at once, the
// next ones together after a pause, and what does not fit is counted with its like, or forgotten.
import { INBOX } from "../config.ts";
import { bounded, type InboxReport, merged, ringOf, sameKey } from "./inbox-report.ts";

export interface PendingReports {
  add(report: InboxReport): void;
  /** Milliseconds after which whoever asks shall write; null when somebody else will, or when it is too early for anybody. */
  turn(nowMs: number): number | null;
  /** All of them; they are the caller's now. */
  take(): InboxReport[];
  /** The caller has written, but for what it gives back. The next write is `pauseMs` away. */
  wrote(nowMs: number, pauseMs: number, back: readonly InboxReport[]): void;
}

/** No invocation can be kept waiting for longer: the next report after the pause writes. */
const LONGEST_WAIT_MS = 10_000;
/** Whoever took the turn and has not written this long after it never will. */
const LOST_MS = 20_000;

export function pendingReports(): PendingReports {
  const reports = new Map<string, InboxReport>();
  let notBeforeMs = 0;
  /** Somebody has the turn until then. */
  let takenUntilMs = 0;

  function put(report: InboxReport): void {
    const key = sameKey(report);
    const before = reports.get(key);
    if (before !== undefined) reports.set(key, merged(before, report));
    else if (hasRoomFor(report)) reports.set(key, report);
    else countWithItsLike(report);
  }
  const likeOf = (report: InboxReport) => {
    const ring = ringOf(report);
    return [...reports].filter(([, { reason, ...other }]) => reason === report.reason && ringOf(other) === ring);
  };
  const hasRoomFor = (report: InboxReport) =>
    reports.size < INBOX.pendingEntries && likeOf(report).length < INBOX.pendingVariants;
  function countWithItsLike(report: InboxReport): void {
    const last = likeOf(report).at(-1);
    if (last === undefined) return;
    const [key, like] = last;
    reports.set(key, { ...like, count: like.count + report.count, lastAt: Math.max(like.lastAt, report.lastAt) });
  }

  return {
    add: (report) => put(bounded(report)),
    turn(nowMs) {
      // A clock that was put back must not make it wait for what has long been.
      if (notBeforeMs - nowMs > INBOX.longPauseSeconds * 1000) notBeforeMs = nowMs;
      if (takenUntilMs - nowMs > LONGEST_WAIT_MS + LOST_MS) takenUntilMs = 0;
      if (reports.size === 0 || nowMs < takenUntilMs) return null;
      const waitMs = Math.max(0, notBeforeMs - nowMs);
      if (waitMs > LONGEST_WAIT_MS) return null;
      takenUntilMs = nowMs + waitMs + LOST_MS;
      return waitMs;
    },
    take() {
      const all = [...reports.values()];
      reports.clear();
      return all;
    },
    wrote(nowMs, pauseMs, back) {
      takenUntilMs = 0;
      notBeforeMs = nowMs + pauseMs;
      for (const report of back) put(report);
    },
  };
}
