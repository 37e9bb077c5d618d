// What is put into the bucket while a test runs.
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
