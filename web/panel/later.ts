/** A part that comes when it is first asked for; what is asked of it in the meantime is done when it is there, in order. */
export function later<T>(bring: () => Promise<T>): (use: (part: T) => void) => void {
  let part: Promise<T> | null = null;
  return (use) => {
    part ??= bring();
    void part.then(use);
  };
}
