// The cache of an isolate: bounded in bytes, by use, by age, and able to forget on purpose.
import { describe, expect, it } from "vitest";
import { byteCache } from "../../src/lib/byte-cache.ts";

const keysIn = (cache: ReturnType<typeof byteCache<string>>, keys: string) =>
  [...keys].filter((key) => cache.get(key) !== undefined).join("");

describe("a byte cache", () => {
  it("lets go of what was used longest ago when it is full", () => {
    const cache = byteCache<string>(30);
    for (const key of "abc") cache.set(key, key, 10);
    cache.get("a");
    cache.set("d", "d", 10);
    expect([keysIn(cache, "abcd"), cache.bytes]).toEqual(["acd", 30]);
  });

  it("does not take what is larger than all of it, and forgets what stood there", () => {
    const cache = byteCache<string>(30);
    cache.set("a", "a", 10);
    cache.set("a", "b", 31);
    expect([keysIn(cache, "a"), cache.bytes]).toEqual(["", 0]);
  });

  it("lets go of what nobody used for a time, and of nothing else", () => {
    const cache = byteCache<string>(100);
    cache.tidy(1000, 600);
    for (const key of "abc") cache.set(key, key, 10);
    cache.tidy(1500, 600);
    cache.get("b");
    cache.tidy(1601, 600);
    expect([keysIn(cache, "abc"), cache.bytes]).toEqual(["b", 10]);
  });

  it("keeps nothing for ever because a clock was set back", () => {
    const cache = byteCache<string>(100);
    cache.tidy(9000, 600);
    cache.set("a", "a", 10);
    cache.tidy(1000, 600);
    expect(keysIn(cache, "a")).toBe("");
  });

  it("drops what it is told to", () => {
    const cache = byteCache<string>(100);
    for (const key of "abc") cache.set(key, key, 10);
    cache.drop((key) => key !== "b");
    expect([keysIn(cache, "abc"), cache.bytes]).toEqual(["b", 10]);
  });
});
