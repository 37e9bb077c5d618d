// What strangers did in this hour, by address, coarsely: what a flood costs is bounded. Of an address only a hash with the hour is kept,
// for about an hour; whoever has the database and guesses addresses can tell which of them asked.
import { networkOf } from "../lib/network-of.ts";
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
  const retryAfterSeconds = 3600 - Math.floor(now % 3600);
  const network = networkOf(addressOf(c));
  // One bucket for all who report would be closed to all by one; what is kept of reports is bounded anyway. Uploads cost more: they share one.
  if (network === "" && what === "report") return { uploads: 0, bytes: 0, retryAfterSeconds };
  const address = `${what} ${network}`;
  const counted = await countUpload(c.env.CATALOG, { address, hour: Math.floor(now / 3600), uploads: more, bytes });
  return { uploads: counted.uploads, bytes: counted.total, retryAfterSeconds };
}

/**
 * Cloudflare sets its header itself. Whoever reaches the embedded server may send any, so only the one that its operator's proxy sets
 * is believed, and of a list the last: the others are what the proxy was told. "" when nobody knows.
 */
function addressOf({ env, req }: AppContext): string {
  const name = env.EDGEFLAME_EMBEDDED === undefined ? "cf-connecting-ip" : (env.EDGEFLAME_ADDRESS_HEADER ?? "");
  return name === "" ? "" : (req.header(name)?.split(",").at(-1) ?? "");
}
