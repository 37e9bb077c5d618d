// One upload, one count: of attempts with the same id the first that becomes durable counts. Those that come while it
// is under way wait for its end; when it fails, one of them takes its place.

export interface UploadOnce {
  /**
   * Runs `store` unless one of the ids was counted before.
   * @returns whether it was this attempt that was stored
   */
  run(ids: readonly string[], store: () => Promise<void>): Promise<boolean>;
  /**
   * The same for many uploads that are stored together.
   * @param ids one of each upload; "" for an upload that always counts
   * @param store is told which of them count; not called when none does
   * @returns how many did
   */
  runMany(ids: readonly string[], store: (counts: readonly boolean[]) => Promise<void>): Promise<number>;
  /** Whether one of the ids was counted, once no attempt with it is under way. */
  isCounted(ids: readonly string[]): Promise<boolean>;
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
    async isCounted(ids) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
      return ids.some(isRemembered);
    },
    async run(ids, store) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
      // From this look to the note that we are under way nobody else gets a turn.
      if (ids.some(isRemembered)) return false;
      await underWayWith(ids, store());
      return true;
    },
    async runMany(ids, store) {
      for (let other = otherAttempt(ids); other !== undefined; other = otherAttempt(ids)) await other;
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
