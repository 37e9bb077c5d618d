// One worker at a time: an alarm, a tick and a cold start may all ask for work.

export interface WorkTurns {
  /** What is under way, or else `act`. */
  run(act: () => Promise<void>): Promise<void>;
  /** Once nothing is under way; however that ended. */
  quiet(): Promise<void>;
}

/** @param after runs after each piece of work, whether it failed or not */
export function workTurns(after: () => void): WorkTurns {
  let working: Promise<void> | null = null;
  return {
    run(act) {
      working ??= act().finally(() => {
        working = null;
        after();
      });
      return working;
    },
    async quiet() {
      while (working !== null) await working.catch(() => undefined);
    },
  };
}
