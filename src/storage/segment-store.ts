// Where sealed bytes live. An object is immutable: a key is written once, always with the same bytes.

export interface SegmentStore {
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The bytes [offset, offset + length) of an object, or null when there is none. */
  read(key: string, offset: number, length: number): Promise<Uint8Array | null>;
  readAll(key: string): Promise<Uint8Array | null>;
  remove(keys: readonly string[]): Promise<void>;
}

export function r2SegmentStore(bucket: R2Bucket): SegmentStore {
  return {
    async put(key, bytes) {
      await bucket.put(key, bytes);
    },
    async read(key, offset, length) {
      const object = await bucket.get(key, { range: { offset, length } });
      return object === null ? null : new Uint8Array(await object.arrayBuffer());
    },
    async readAll(key) {
      const object = await bucket.get(key);
      return object === null ? null : new Uint8Array(await object.arrayBuffer());
    },
    async remove(keys) {
      // R2 deletes at most 1000 keys a call.
      for (let at = 0; at < keys.length; at += 1000) await bucket.delete([...keys.slice(at, at + 1000)]);
    },
  };
}
