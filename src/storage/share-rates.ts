// How much an address uploaded without a token in an hour.
import { toHex } from "../lib/hex.ts";
import { sha256 } from "../lib/sha256.ts";

/** @returns what it has uploaded in this hour, this counted. `uploads` 0: more bytes of an upload that is counted already */
export async function countUpload(
  database: D1Database,
  { address, hour, uploads, bytes }: { address: string; hour: number; uploads: 0 | 1; bytes: number },
): Promise<{ uploads: number; total: number }> {
  const digest = await sha256(`${hour} ${address}`);
  const row = await database
    .prepare(
      `INSERT INTO share_rates (hour, address_hash, uploads, bytes) VALUES (?1, ?2, ?4, ?3)
       ON CONFLICT DO UPDATE SET uploads = uploads + ?4, bytes = bytes + ?3 RETURNING uploads, bytes AS total`,
    )
    .bind(hour, toHex(digest.subarray(0, 16)), bytes, uploads)
    .first<{ uploads: number; total: number }>();
  return row ?? { uploads, total: bytes };
}

export const forgetRates = (database: D1Database, beforeHour: number): Promise<unknown> =>
  database.prepare("DELETE FROM share_rates WHERE hour < ?").bind(beforeHour).run();
