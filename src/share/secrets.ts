// Keys of shares and the secrets that delete them: random, told once; of a secret only the hash is kept.
import { toBase64 } from "../lib/base64.ts";
import { sha256Hex } from "../lib/sha256.ts";

/** 192 bits: as many as share.firefox.dev takes, and 32 characters without padding. */
const RANDOM_BYTES = 24;
const KEY = /^[A-Za-z0-9_-]{32}$/;

export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_");
}

export const isKey = (text: string): boolean => KEY.test(text);

export const hashOf = (secret: string): Promise<string> => sha256Hex(secret);

/** Hashes are compared, so the time says nothing of the secret. */
export const isSecret = async (secret: string, hash: string): Promise<boolean> => (await hashOf(secret)) === hash;
