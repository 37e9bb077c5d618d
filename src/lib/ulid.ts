// ULIDs: ids that sort by the time they were made. 10 digits of milliseconds, 16 of chance, in Crockford's base 32.

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_DIGITS = 10;
const CHANCE_DIGITS = 16;

/** @param chance 16 random bytes at least, of which five bits each count */
export function ulid(milliseconds: number, chance: Uint8Array): string {
  let time = "";
  let left = Math.max(0, Math.floor(milliseconds));
  for (let digit = 0; digit < TIME_DIGITS; digit++) {
    time = (DIGITS[left % 32] ?? "") + time;
    left = Math.floor(left / 32);
  }
  return time + Array.from(chance.subarray(0, CHANCE_DIGITS), (byte) => DIGITS[byte % 32]).join("");
}
