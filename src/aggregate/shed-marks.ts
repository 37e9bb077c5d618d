// Times in which this object left stacks out. Gathered on the heap and told to the catalog with the object's next turn, so
// that no upload waits for it; a crash in between loses up to a minute of marks, and nothing that was counted.
import { HOUR_SECONDS, SLOT_SECONDS } from "../config.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { putShedTimes, type ShedTime } from "../storage/shed-times.ts";
import type { MetaStore } from "./object-meta.ts";

export interface ShedMarks {
  /** @param slots one of each upload that was shed */
  note(slots: readonly number[]): void;
  /** Tells the catalog what was gathered. It stays when that fails, for the next turn: everything else goes on. */
  tell(): Promise<void>;
  /** The app is gone: nothing of it is told of the one that takes its name. */
  forget(): void;
}

/** Uploads may come with any time: past this many hours all further ones are one stretch with the last. */
const MOST_HOURS = 48;

export function shedMarks(meta: MetaStore, catalog: D1Database): ShedMarks {
  let byHour = new Map<number, ShedTime>();
  /** Hour → start of the row that the catalog has of it: what comes later makes it longer. */
  const told = new Map<number, number>();
  const add = (hour: number, time: ShedTime): void => {
    const known = byHour.get(hour);
    byHour.set(hour, {
      start: Math.min(known?.start ?? time.start, time.start),
      until: Math.max(known?.until ?? time.until, time.until),
      uploads: (known?.uploads ?? 0) + time.uploads,
    });
  };
  return {
    forget() {
      byHour = new Map();
      told.clear();
    },
    note(slots) {
      for (const slot of slots) {
        const hour = Math.floor(slot / HOUR_SECONDS);
        const isKnown = byHour.has(hour) || byHour.size < MOST_HOURS;
        const [nearest = hour] = isKnown ? [hour] : [...byHour.keys()].slice(-1);
        add(nearest, { start: slot, until: slot + SLOT_SECONDS, uploads: 1 });
      }
    },
    async tell() {
      const { identity, shard } = meta.read();
      if (byHour.size === 0 || identity === null) return;
      const taken = byHour;
      byHour = new Map();
      const times = [...taken].map(([hour, time]) => ({
        ...time,
        start: Math.min(told.get(hour) ?? time.start, time.start),
      }));
      try {
        await putShedTimes(catalog, { appId: identity.appId, shard }, times);
      } catch (error) {
        for (const [hour, time] of taken) add(hour, time);
        logEvent("shed_times_untold", { message: messageOf(error) });
        return;
      }
      if (told.size > MOST_HOURS) told.clear();
      [...taken.keys()].forEach((hour, i) => void told.set(hour, times[i]?.start ?? 0));
    },
  };
}
