// A part of the platform of which one call fails.

/** The same, but for one call that always fails: as if whoever makes it had died before. */
export const deadAt = <Part extends object>(real: Part, act: keyof Part): Part =>
  new Proxy(real, {
    get(part, name: string & keyof Part) {
      if (name === act) return () => Promise.reject(new Error("dead"));
      const known = part[name];
      return typeof known === "function" ? known.bind(part) : known;
    },
  });
