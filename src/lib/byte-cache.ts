// A least-recently-used cache with a bound on bytes. What an isolate keeps between requests is a cache, always.

export interface ByteCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, bytes: number): void;
  /** What nobody has used for `seconds` goes. `now` is the time until the next call. */
  tidy(now: number, seconds: number): void;
  drop(isMeant: (key: string) => boolean): void;
  readonly bytes: number;
}

export function byteCache<T>(mostBytes: number): ByteCache<T> {
  const entries = new Map<string, { value: T; bytes: number; usedAt: number }>();
  let total = 0;
  let now = 0;
  const remove = (key: string, bytes: number) => {
    entries.delete(key);
    total -= bytes;
  };
  return {
    get bytes() {
      return total;
    },
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A Map keeps the order of insertion: what was used goes to the end.
      entries.delete(key);
      entry.usedAt = now;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      const before = entries.get(key);
      if (before !== undefined) remove(key, before.bytes);
      if (bytes > mostBytes) return;
      entries.set(key, { value, bytes, usedAt: now });
      total += bytes;
      for (const [oldest, entry] of entries) {
        if (total <= mostBytes) break;
        remove(oldest, entry.bytes);
      }
    },
    tidy(time, seconds) {
      now = time;
      for (const [oldest, { bytes, usedAt }] of entries) {
        // A clock that was set back must not keep them for ever.
        if (usedAt + seconds > now && usedAt <= now) break;
        remove(oldest, bytes);
      }
    },
    drop(isMeant) {
      for (const [key, { bytes }] of entries) if (isMeant(key)) remove(key, bytes);
    },
  };
}
