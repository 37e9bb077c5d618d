// Lets at most so many acts run at once; the others wait in line.

export type Gate = <T>(act: () => Promise<T>) => Promise<T>;

export function gate(atOnce: number): Gate {
  let open = 0;
  const waiting: (() => void)[] = [];
  return async (act) => {
    // Who is called out of the line takes the place of who called.
    if (open === atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else open++;
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) open--;
      else next();
    }
  };
}
