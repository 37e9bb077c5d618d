// Times as people type them and as the server reads them: `now`, `now-3h`, `now-1h30m`, unix seconds, ISO dates.
//
// The server takes anything and never complains (an unknown unit counts as zero), so the page is stricter: what it
// cannot read it refuses, before a wrong range is shown.

export type Zone = "local" | "utc";

export type TimeForm =
  | { readonly kind: "relative"; readonly offsetSeconds: number }
  | { readonly kind: "absolute"; readonly seconds: number };

const DAY = 86_400;
/** Longest first, so that `now-1mon` is a month and `now-1m` a minute. The server's own table. */
const UNITS: readonly (readonly [string, number])[] = [
  ["mon", 30 * DAY],
  ["min", 60],
  ["M", 30 * DAY],
  ["y", 365 * DAY],
  ["w", 7 * DAY],
  ["d", DAY],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];
const RELATIVE = /^now(?:([+-])((?:\d+(?:mon|min|[smhdwyM]))+))?$/;
const STEP = /(\d+)(mon|min|[smhdwyM])/g;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?(Z)?$/;

/** null when the text is no time. `zone` says where an ISO date without Z belongs. */
export function parseTime(text: string, zone: Zone = "local"): TimeForm | null {
  const trimmed = text.trim();
  const relative = RELATIVE.exec(trimmed.replaceAll(" ", ""));
  if (relative !== null) {
    const sign = relative[1] === "+" ? 1 : -1;
    let offsetSeconds = 0;
    for (const [, count, unit] of (relative[2] ?? "").matchAll(STEP)) {
      offsetSeconds += sign * Number(count) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
    }
    return { kind: "relative", offsetSeconds: offsetSeconds === 0 ? 0 : offsetSeconds };
  }
  const seconds = digitsToSeconds(trimmed) ?? isoToSeconds(trimmed, zone);
  return seconds === null ? null : { kind: "absolute", seconds };
}

function digitsToSeconds(text: string): number | null {
  if (!/^\d{9,19}$/.test(text)) return null;
  const divisor = { 13: 1e3, 16: 1e6, 19: 1e9 }[text.length];
  if (divisor === undefined && text.length > 11) return null;
  return Math.floor(Number(text) / (divisor ?? 1));
}

function isoToSeconds(text: string, zone: Zone): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const utc = zone === "utc" || match[7] === "Z";
  const millis = utc
    ? Date.UTC(year, month - 1, day, hour, minute, second)
    : new Date(year, month - 1, day, hour, minute, second).getTime();
  const back = new Date(millis);
  // A date such as February 31 rolls over silently: refuse what does not come back as it was typed.
  const sameDay = month <= 12 && (utc ? back.getUTCDate() : back.getDate()) === day;
  return Number.isFinite(millis) && sameDay && hour < 24 && minute < 60 && second < 60
    ? Math.floor(millis / 1000)
    : null;
}

/** Unix seconds of a time text, with `now` in unix seconds; what cannot be read is now, as on the server. */
export function resolveTime(text: string, nowSeconds: number): number {
  const form = parseTime(text);
  if (form === null) return nowSeconds;
  return form.kind === "absolute" ? form.seconds : nowSeconds + form.offsetSeconds;
}

/** `now-90m` for −5400: the largest single unit that is exact. */
export function formatOffset(offsetSeconds: number): string {
  const whole = Math.round(offsetSeconds);
  if (whole === 0) return "now";
  const size = Math.abs(whole);
  const sign = whole < 0 ? "-" : "+";
  for (const [unit, seconds] of [
    ["d", DAY],
    ["h", 3600],
    ["m", 60],
  ] as const) {
    if (size % seconds === 0) return `now${sign}${size / seconds}${unit}`;
  }
  return `now${sign}${size}s`;
}

export interface TimeRange {
  readonly from: string;
  readonly until: string;
}

/**
 * The two halves of a range, the defaults of a comparison: what is relative stays relative, so that a link to
 * "the last hour against itself" keeps moving.
 */
export function halvesOf(
  range: TimeRange,
  nowSeconds: number,
): { readonly left: TimeRange; readonly right: TimeRange } {
  const from = parseTime(range.from);
  const until = parseTime(range.until);
  const middle =
    from?.kind === "relative" && until?.kind === "relative"
      ? formatOffset((from.offsetSeconds + until.offsetSeconds) / 2)
      : String(Math.round((resolveTime(range.from, nowSeconds) + resolveTime(range.until, nowSeconds)) / 2));
  return { left: { from: range.from, until: middle }, right: { from: middle, until: range.until } };
}

const RECENT_SECONDS = 3600;

/**
 * The server's `now`, told from a range it answered for. Laptops' clocks are wrong by minutes now and then, and the
 * server widens ranges to its grid: only a difference larger than a few slots is taken for a wrong clock, and only at an
 * end that is recent, because what is old is kept in steps of up to a day.
 */
export function serverNow(range: TimeRange, coveredUntil: number, slotSeconds: number, clientNow: number): number {
  const until = parseTime(range.until);
  if (until?.kind !== "relative" || until.offsetSeconds < -RECENT_SECONDS) return clientNow;
  const now = coveredUntil - until.offsetSeconds;
  return Math.abs(now - clientNow) <= Math.max(60, 3 * slotSeconds) ? clientNow : now;
}
