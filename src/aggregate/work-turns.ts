// One worker at a time: an alarm, a tick and a cold start may all ask for work.

export interface WorkTurns {
  /** What is under way, or else `act`. */
  run(act: () => Promise<void>): Promise<void>;
  /** `act`, once nothing else is under way. */
  alone<T>(act: () => Promise<T>): Promise<T>;
}

/** @param after runs after each piece of work, whether it failed or not */
export function workTurns(after: () => void): WorkTurns {
  let working: Promise<void> | null = null;
  const run = (act: () => Promise<void>) => {
    working ??= act().finally(() => {
      working = null;
      after();
    });
    return working;
  };
  return {
    run,
    async alone(act) {
      while (working !== null) await working.catch(() => undefined);
      const result = act();
      await run(async () => void (await result));
      return result;
    },
  };
}
