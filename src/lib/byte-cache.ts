// A least-recently-used cache with a bound on bytes. What an isolate keeps between requests is a cache, always.

export interface ByteCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, bytes: number): void;
  readonly bytes: number;
}

export function byteCache<T>(mostBytes: number): ByteCache<T> {
  const entries = new Map<string, { value: T; bytes: number }>();
  let total = 0;
  return {
    get bytes() {
      return total;
    },
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A Map keeps the order of insertion: what was used goes to the end.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      const before = entries.get(key);
      if (before !== undefined) {
        total -= before.bytes;
        entries.delete(key);
      }
      if (bytes > mostBytes) return;
      entries.set(key, { value, bytes });
      total += bytes;
      for (const [oldest, entry] of entries) {
        if (total <= mostBytes) break;
        entries.delete(oldest);
        total -= entry.bytes;
      }
    },
  };
}
