// How many rows an inbox may still write in this minute: in all, for one application, and for requests that were turned away.
import { INBOX } from "../config.ts";
import { type InboxReport, ringOf } from "./inbox-report.ts";

export interface RowMeter {
  /** Counts the report's row if there is room for it. */
  allows(report: Pick<InboxReport, "app" | "turnedAway">, now: number): boolean;
}

export function rowMeter(): RowMeter {
  let minute = 0;
  let rows = 0;
  const rowsOfRing = new Map<string, number>();
  return {
    allows(report, now) {
      const current = Math.floor(now / 60);
      if (current !== minute) {
        minute = current;
        rows = 0;
        rowsOfRing.clear();
      }
      const ring = ringOf(report);
      const ofRing = rowsOfRing.get(ring) ?? 0;
      const most = report.turnedAway ? INBOX.rowsPerMinuteTurnedAway : INBOX.rowsPerMinuteOfApp;
      if (rows >= INBOX.rowsPerMinute || ofRing >= most) return false;
      rows++;
      rowsOfRing.set(ring, ofRing + 1);
      return true;
    },
  };
}
