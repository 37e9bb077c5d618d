// Who may be inside an object: uploads go through side by side; whoever empties the object waits for those inside, and holds
// the others back until it is done. So each upload is on one side of a deletion, whole.

export interface Door {
  /** Uploads inside: between their announcement and their commit. While there are any, the object is not idle. */
  readonly inside: number;
  through<T>(act: () => Promise<T>): Promise<T>;
  /** Runs `act` with nobody inside; others wait outside. */
  closedFor(act: () => Promise<void>): Promise<void>;
}

export function door(): Door {
  let inside = 0;
  let closed: Promise<void> | null = null;
  let left: (() => void) | null = null;
  return {
    get inside() {
      return inside;
    },
    async through(act) {
      while (closed !== null) await closed;
      inside++;
      try {
        return await act();
      } finally {
        if (--inside === 0) left?.();
      }
    },
    async closedFor(act) {
      while (closed !== null) await closed;
      const emptied = new Promise<void>((resolve) => {
        left = resolve;
      });
      if (inside === 0) left?.();
      const done = emptied.then(act).finally(() => {
        left = null;
        closed = null;
      });
      closed = done.catch(() => undefined);
      await done;
    },
  };
}
