// Everything below a prefix of the bucket goes, in bounded steps.

/** R2 lists and deletes at most a thousand keys a call. */
const KEYS_PER_CALL = 1000;

/**
 * Deletes up to `mostCalls` thousand objects.
 * @returns whether nothing was left to delete
 */
export async function removePrefix(bucket: R2Bucket, prefix: string, mostCalls: number): Promise<boolean> {
  for (let calls = 0; calls < mostCalls; calls++) {
    // Always from the start: what was listed is gone by then.
    const { objects } = await bucket.list({ prefix, limit: KEYS_PER_CALL });
    if (objects.length === 0) return true;
    await bucket.delete(objects.map(({ key }) => key));
  }
  return false;
}
