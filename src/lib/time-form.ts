// The text forms of a time that every old endpoint takes: `20200101` · unix s, ms, µs, ns by their
// number of digits · `now-1h30min`. Reading one never fails: what makes no sense is "now".

/** The year 10000, unix seconds: what no date says, and no data is as late as. */
export const END_OF_TIME = 253_402_300_800;

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** First hit wins, so longer prefixes stand before shorter ones. */
const UNITS: readonly (readonly [prefix: string, seconds: number])[] = [
  ["s", SECOND],
  ["mon", 30 * DAY],
  ["M", 30 * DAY],
  ["m", MINUTE],
  ["h", HOUR],
  ["d", DAY],
  ["w", 7 * DAY],
  ["y", 365 * DAY],
];

/** Whether it has the shape of what `parseTimeForm` understands: `-1h` is as good as `now-1h`. */
export const isTimeForm = (text: string): boolean =>
  /^(\d+|now|(now)?([+-](\d+[A-Za-z]+)+)+)$/.test(text.trim().replace(/[_, ]/g, ""));

/** Unix seconds, rounded down. */
export function parseTimeForm(text: string, nowSeconds: number): number {
  const form = text.trim().replace(/[_, ]/g, "");
  if (/^\d+$/.test(form)) return absolute(form);
  const plus = form.indexOf("+");
  const at = plus >= 0 ? plus : form.indexOf("-");
  if (at < 0) return Math.floor(nowSeconds);
  const offset = offsetSeconds(form.slice(at + 1));
  return safe(Math.floor(nowSeconds) + (plus >= 0 ? offset : -offset));
}

function absolute(digits: string): number {
  switch (digits.length) {
    case 8:
      return utcDate(digits) ?? Number(digits);
    case 13:
      return Number(digits.slice(0, -3));
    case 16:
      return Number(digits.slice(0, -6));
    case 19:
      return Number(digits.slice(0, -9));
    default:
      return safe(Number(digits));
  }
}

/** Start of the day YYYYMMDD in UTC; null when there is no such day after 1900. */
function utcDate(digits: string): number | null {
  const year = Number(digits.slice(0, 4));
  const month = Number(digits.slice(4, 6));
  const day = Number(digits.slice(6, 8));
  if (year <= 1900) return null;
  const milliseconds = Date.UTC(year, month - 1, day);
  const back = new Date(milliseconds);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? milliseconds / 1000 : null;
}

/** The sum of `<int><unit>`…; a part without a known unit counts nothing. */
function offsetSeconds(text: string): number {
  let seconds = 0;
  for (const [, digits = "", unit = ""] of text.matchAll(/(\d+)([A-Za-z]*)/g)) {
    const factor = UNITS.find(([prefix]) => unit.startsWith(prefix))?.[1] ?? 0;
    seconds += Number(digits) * factor;
  }
  return safe(seconds);
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
const RELATIVE = /^now([+-](\d+[A-Za-z]+)+)?$/;

/**
 * The same forms, and ISO dates with their zone, for what must not be guessed: a deletion that takes a slip for "now" goes too far.
 * @returns null for what is no time
 */
export function exactTimeForm(text: string, nowSeconds: number): number | null {
  const form = text.trim();
  if (ISO.test(form)) {
    const milliseconds = Date.parse(form);
    return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000);
  }
  if (/^\d{8}$/.test(form)) return utcDate(form);
  // Fewer digits are a year more often than a day of 1970.
  if (/^(0|\d{9,})$/.test(form)) return absolute(form);
  if (!RELATIVE.test(form)) return null;
  const units = Array.from(form.slice("now".length).matchAll(/[A-Za-z]+/g), ([unit]) => unit);
  const areKnown = units.every((unit) => UNITS.some(([prefix]) => unit.startsWith(prefix)));
  return areKnown ? parseTimeForm(form, nowSeconds) : null;
}

/** Absurdly long numbers stay numbers that can be compared and added. */
const safe = (seconds: number): number =>
  Number.isNaN(seconds) ? 0 : Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, seconds));
