// The pictures that this isolate drew last. Many readers may ask for one before the first of them has stored it: drawing keeps the
// isolate's one thread, so whoever waited for that finds the picture here. A promise to wait for would not do: it belongs to the
// request that made it, and ends with it.
import { byteCache } from "../../lib/byte-cache.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Some twenty of a hundred kilobytes. */
const MOST_BYTES = 2 * 1024 * 1024;
const PICTURES = byteCache<Bytes>(MOST_BYTES);

/**
 * @param name says where the picture is stored, and all that it is drawn of
 * @returns `isNew` to one caller: it is the one to store it
 */
export function drawnOnce(name: string, draw: () => Bytes): { readonly picture: Bytes; readonly isNew: boolean } {
  const kept = PICTURES.get(name);
  if (kept !== undefined) return { picture: kept, isNew: false };
  const picture = draw();
  PICTURES.set(name, picture, picture.length);
  return { picture, isNew: true };
}
