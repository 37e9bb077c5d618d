// The one clock. Everything that needs the time is handed this, so that hours and months can be tried in seconds.

/** Unix seconds, with a fraction. */
export type Clock = () => number;

/** @param offsetSeconds shifts the clock (EDGEFLAME_CLOCK_OFFSET_S): embedded server and tests only */
export const systemClock =
  (offsetSeconds = 0): Clock =>
  () =>
    Date.now() / 1000 + offsetSeconds;

/** The shift asked for by the environment; ignored in a deployed Worker. */
export function clockOffset(env: { EDGEFLAME_CLOCK_OFFSET_S?: string; EDGEFLAME_EMBEDDED?: string }): number {
  if (env.EDGEFLAME_EMBEDDED === undefined) return 0;
  const seconds = Number(env.EDGEFLAME_CLOCK_OFFSET_S ?? 0);
  return Number.isFinite(seconds) ? seconds : 0;
}
