// One upload, one count: of attempts with the same id the first that becomes durable counts. Those that come while it
// is under way wait for its end; when it fails, one of them takes its place.

export interface UploadOnce {
  /**
   * Runs `store` unless one of the ids was counted before.
   * @param mayStore asked at the last moment: the attempt may have waited for another one
   */
  run(
    ids: readonly string[],
    mayStore: () => boolean,
    store: () => Promise<void>,
  ): Promise<"stored" | "duplicate" | "refused">;
  /**
   * The same for many uploads that are stored together.
   * @param ids one of each upload; "" for an upload that always counts
   * @param store is told which of them count; not called when none does
   * @returns how many did; null when they may not be stored
   */
  runMany(
    ids: readonly string[],
    mayStore: () => boolean,
    store: (counts: readonly boolean[]) => Promise<void>,
  ): Promise<number | null>;
  /** Those of the ids that were counted, once no attempt with any of them is under way. */
  counted(ids: readonly string[]): Promise<string[]>;
}

export function uploadOnce(isRemembered: (id: string) => boolean): UploadOnce {
  const underWay = new Map<string, Promise<void>>();
  const otherAttempt = (ids: readonly string[]) =>
    ids.map((id) => underWay.get(id)).find((attempt) => attempt !== undefined);
  const underWayWith = async (ids: readonly string[], attempt: Promise<void>) => {
    const end = attempt.catch(() => undefined);
    for (const id of ids) underWay.set(id, end);
    try {
      await attempt;
    } finally {
      for (const id of ids) underWay.delete(id);
    }
  };
  return {
    async counted(ids) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
      return ids.filter(isRemembered);
    },
    async run(ids, mayStore, store) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
      // From this look to the note that we are under way nobody else gets a turn.
      if (ids.some(isRemembered)) return "duplicate";
      if (!mayStore()) return "refused";
      await underWayWith(ids, store());
      return "stored";
    },
    async runMany(ids, mayStore, store) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
      if (!mayStore()) return null;
      const taken = new Set<string>();
      const counts = ids.map((id) => {
        if (id === "") return true;
        if (taken.has(id) || isRemembered(id)) return false;
        taken.add(id);
        return true;
      });
      const stored = counts.filter((one) => one).length;
      if (stored > 0) await underWayWith([...taken], store(counts));
      return stored;
    },
  };
}
