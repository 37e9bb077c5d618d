// The object's one alarm. Setting it is a row written, so that it is set only when it must ring earlier than it would.
import type { Clock } from "../lib/clock.ts";

export interface AlarmClock {
  /** Sees to it that the alarm rings at `due` (unix seconds) or before. */
  arm(due: number): void;
  /** Nothing is due: an object that holds nothing is not woken. */
  disarm(): void;
  /** What an instance before this one set (milliseconds since 1970): who is evicted between uploads must not put it off. */
  learn(setBefore: number | null): void;
  /** It rang, or its row is gone. */
  forget(): void;
}

export function alarmClock(storage: DurableObjectStorage, clock: Clock): AlarmClock {
  /** Milliseconds since 1970; null when there is none. */
  let setTo: number | null = null;
  return {
    arm(due) {
      const at = Date.now() + Math.ceil((due - clock()) * 1000);
      if (setTo !== null && setTo <= at) return;
      setTo = at;
      void storage.setAlarm(at);
    },
    disarm() {
      if (setTo !== null) void storage.deleteAlarm();
      setTo = null;
    },
    learn(setBefore) {
      setTo ??= setBefore;
    },
    forget() {
      setTo = null;
    },
  };
}
