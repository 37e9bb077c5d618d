// Empties an object whose app is deleted. Uploads that were on their way are let in first and go with the rest; those that
// come meanwhile wait outside. So each upload is on one side, whole.

export interface ObjectToEmpty {
  /** Whether it (still) works for the app that goes: a second call must not take what came after the first. */
  isOf(): boolean;
  isArriving(): boolean;
  working(): Promise<void> | null;
  readonly storage: DurableObjectStorage;
}

const LOOK_AGAIN_MS = 5;

/** @returns whether there was anything of the app */
export async function emptyObject({ isOf, isArriving, working, storage }: ObjectToEmpty): Promise<boolean> {
  for (;;) {
    // The calls under way end by themselves; what they fail with is theirs.
    await working()?.catch(() => undefined);
    if (!isArriving() && working() === null) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  if (!isOf()) return false;
  await storage.deleteAlarm();
  await storage.deleteAll();
  return true;
}
