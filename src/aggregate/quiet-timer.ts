// Does something once it has been quiet for a while: before the platform puts an object to sleep, which it does to one that was
// not called for about ten seconds.

/** Long enough not to do it between two uploads of a burst, and well before the sleep even if it takes twice as long. */
const QUIET_MS = 3000;

/** @returns to be called whenever it is not quiet; `act` comes one to two times QUIET_MS after the last call */
export function quietTimer(act: () => void): () => void {
  let isArmed = false;
  let wasTouched = false;
  const ring = (): void => {
    isArmed = wasTouched;
    wasTouched = false;
    if (isArmed) setTimeout(ring, QUIET_MS);
    else act();
  };
  return () => {
    wasTouched = isArmed;
    if (isArmed) return;
    isArmed = true;
    setTimeout(ring, QUIET_MS);
  };
}
