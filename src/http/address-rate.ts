// What strangers did in this hour, by address, coarsely: what a flood costs is bounded, and nobody's address is kept.
import { countUpload } from "../storage/share-rates.ts";
import type { AppContext } from "./context.ts";
import { clockOf } from "./ports.ts";

export interface AddressUse {
  /** In this hour, this counted. */
  readonly uploads: number;
  readonly bytes: number;
  /** Until the next hour begins. */
  readonly retryAfterSeconds: number;
}

/** @param more 0: more bytes of what is counted already */
export async function countByAddress(
  c: AppContext,
  { what, more, bytes }: { what: "upload" | "report"; more: 0 | 1; bytes: number },
): Promise<AddressUse> {
  const now = clockOf(c.env)();
  const network = networkOf(c.req.header("cf-connecting-ip") ?? "");
  const address = what === "upload" ? network : `${what} ${network}`;
  const counted = await countUpload(c.env.CATALOG, { address, hour: Math.floor(now / 3600), uploads: more, bytes });
  return { uploads: counted.uploads, bytes: counted.total, retryAfterSeconds: 3600 - Math.floor(now % 3600) };
}

/** Of an IPv6 address the first four groups: a household has all the others. */
const networkOf = (address: string): string =>
  address.includes(":") ? address.split(":").slice(0, 4).join(":") : address.slice(0, 64);
