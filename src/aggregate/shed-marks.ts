// Times in which this object left stacks out. The slots of uploads that were shed are written with the uploads, in the row of
// their commit (upload-group.ts). The fold moves them here, in its own transaction, and the object's next turn tells the catalog.
//
//   meta.shed   JSON: stretches (start, until, uploads, told), at most one for each hour and start
//
// A stretch keeps its start and counts all of its uploads, told or not: so telling it twice says the same.
import { HOUR_SECONDS, SLOT_SECONDS } from "../config.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { putShedTimes, type ShedTime } from "../storage/shed-times.ts";
import type { MetaStore } from "./object-meta.ts";
import type { ObjectTables } from "./object-tables.ts";

interface Stretch extends ShedTime {
  /** The catalog has it as it is here. */
  readonly told: boolean;
}

export interface ShedMarks {
  /** In the transaction that folds the uploads. @param slots one of each upload that was shed */
  keep(slots: readonly number[]): void;
  /** Whether there is anything to tell. */
  areUntold(): boolean;
  /** Tells the catalog. What could not be told stays for a later turn: everything else goes on. */
  tell(): Promise<void>;
}

const KEY = "shed";
/** Uploads may come with any time: what the catalog knows makes room, and past this many untold ones the nearest gets longer. */
const MOST_STRETCHES = 48;

export function shedMarks(tables: ObjectTables, meta: MetaStore, catalog: D1Database): ShedMarks {
  const read = () => JSON.parse(tables.getMeta(KEY) ?? "[]") as readonly Stretch[];
  const write = (stretches: readonly Stretch[]) => tables.setMeta(KEY, JSON.stringify(stretches));
  return {
    keep(slots) {
      if (slots.length > 0) write(withSlots(read(), slots));
    },
    areUntold: () => read().some(({ told }) => !told),
    async tell() {
      const untold = read().filter(({ told }) => !told);
      const { identity, shard } = meta.read();
      if (untold.length === 0 || identity === null) return;
      try {
        const times = untold.map(({ start, until, uploads }) => ({ start, until, uploads }));
        await putShedTimes(catalog, { appId: identity.appId, shard }, times);
      } catch (error) {
        logEvent("shed_times_untold", { message: messageOf(error) });
        return;
      }
      // Uploads were folded meanwhile: what they made longer is to be told again.
      const isTold = (one: Stretch) =>
        untold.some(
          ({ start, until, uploads }) => start === one.start && until === one.until && uploads === one.uploads,
        );
      write(read().map((one) => (isTold(one) ? { ...one, told: true } : one)));
    },
  };
}

const hourOf = (time: number): number => Math.floor(time / HOUR_SECONDS);

/** Stretches in the order of their starts. */
function withSlots(before: readonly Stretch[], slots: readonly number[]): Stretch[] {
  const stretches = [...before];
  for (const slot of slots) {
    const isBefore = ({ start }: Stretch) => start <= slot;
    let at = stretches.findLastIndex(isBefore);
    const nearest = stretches[at];
    if (nearest === undefined || hourOf(nearest.start) !== hourOf(slot)) {
      if (hasRoom(stretches)) {
        at = stretches.findLastIndex(isBefore) + 1;
        stretches.splice(at, 0, { start: slot, until: slot, uploads: 0, told: false });
      } else at = Math.max(0, at);
    }
    const { start, until, uploads } = stretches[at] as Stretch;
    stretches[at] = {
      start: Math.min(start, slot),
      until: Math.max(until, slot + SLOT_SECONDS),
      uploads: uploads + 1,
      told: false,
    };
  }
  return stretches;
}

/** Makes room for one more, if what may go is there: the oldest that was told. */
function hasRoom(stretches: Stretch[]): boolean {
  if (stretches.length < MOST_STRETCHES) return true;
  const oldest = stretches.findIndex(({ told }) => told);
  if (oldest >= 0) stretches.splice(oldest, 1);
  return oldest >= 0;
}
