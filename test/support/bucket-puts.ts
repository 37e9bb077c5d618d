// What is put into the bucket while a test runs, and what happens meanwhile.
import { env } from "cloudflare:workers";

/** @returns the keys, in the order in which they were put */
export async function keysPut(during: () => Promise<unknown>): Promise<string[]> {
  const bucket = Object.getPrototypeOf(env.SEGMENTS) as { put(key: string, ...rest: unknown[]): Promise<unknown> };
  const put = bucket.put;
  const keys: string[] = [];
  bucket.put = function (key, ...rest) {
    keys.push(key);
    return put.call(this, key, ...rest);
  };
  try {
    await during();
  } finally {
    bucket.put = put;
  }
  return keys;
}

/** The bucket, in which something happens before or after each put. */
export const bucketWhere = (moment: string, act: () => Promise<unknown>): R2Bucket =>
  new Proxy(env.SEGMENTS, {
    get: (bucket, name: keyof R2Bucket) =>
      name === "put"
        ? async (key: string, bytes: Uint8Array) => {
            if (moment === "before") await act();
            await bucket.put(key, bytes);
            if (moment === "after") await act();
          }
        : bucket[name].bind(bucket),
  });
