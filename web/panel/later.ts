/** A part that comes when it is first asked for; what is asked of it in the meantime is done when it is there, in order. */
export function later<T>(bring: () => Promise<T>): (use: (part: T) => void) => void {
  let part: Promise<T> | null = null;
  return (use) => {
    part ??= brought(bring);
    void part.then(use);
  };
}

/** What the window hears when a part can't be fetched: a page that was left open may ask for one of an older build. */
export const PART_MISSING = "efp-part-missing";

/** As `bring`, which is told of when it fails. */
export function brought<T>(bring: () => Promise<T>): Promise<T> {
  const part = bring();
  part.catch(() => dispatchEvent(new Event(PART_MISSING)));
  return part;
}

/** Frames out of sight are not painted: nobody waits for that. */
const MOST_WAIT_MS = 300;

/** After what is to be painted now was. */
export const afterPaint = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, MOST_WAIT_MS);
  });
