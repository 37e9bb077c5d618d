// Times and ranges as people read them, in the zone they chose.
import { parseTime, type TimeRange, type Zone } from "./time-form.ts";

export interface Preset extends TimeRange {
  readonly label: string;
}

const preset = (span: string, label: string): Preset => ({ from: `now-${span}`, until: "now", label });

/** The ranges of the old Pyroscope page, in its two columns. */
export const PRESET_COLUMNS: readonly (readonly Preset[])[] = [
  [
    preset("5m", "Last 5 minutes"),
    preset("15m", "Last 15 minutes"),
    preset("30m", "Last 30 minutes"),
    preset("1h", "Last 1 hour"),
    preset("3h", "Last 3 hours"),
    preset("6h", "Last 6 hours"),
    preset("12h", "Last 12 hours"),
    preset("24h", "Last 24 hours"),
  ],
  [
    preset("2d", "Last 2 days"),
    preset("7d", "Last 7 days"),
    preset("30d", "Last 30 days"),
    preset("90d", "Last 90 days"),
    preset("6M", "Last 6 months"),
    preset("1y", "Last 1 year"),
    preset("2y", "Last 2 years"),
    preset("5y", "Last 5 years"),
  ],
];

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}${JSON.stringify(parts)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat("en-GB", {
      hourCycle: "h23",
      ...parts,
      ...(zone === "utc" ? { timeZone: "UTC" } : {}),
    });
    formats.set(key, made);
  }
  return made;
}

const DATE = { day: "numeric", month: "short" } as const;
const MINUTE = { hour: "2-digit", minute: "2-digit" } as const;
const SECOND = { ...MINUTE, second: "2-digit" } as const;

/** `20:10`, or `20:10:30` when the second matters. */
export function clockText(seconds: number, zone: Zone, withSeconds = seconds % 60 !== 0): string {
  return format(zone, withSeconds ? SECOND : MINUTE).format(seconds * 1000);
}

export function dateText(seconds: number, zone: Zone): string {
  return format(zone, DATE).format(seconds * 1000);
}

/** `22 Nov 2026, 20:10:30 UTC`: nothing left to guess. */
export function fullText(seconds: number, zone: Zone): string {
  const day = format(zone, { ...DATE, year: "numeric" }).format(seconds * 1000);
  return `${day}, ${clockText(seconds, zone)}${zone === "utc" ? " UTC" : ""}`;
}

/** Labels under a time axis: dates at midnight and on the first tick of another day, clock times between. */
export function axisTexts(ticks: readonly number[], stepSeconds: number, zone: Zone): string[] {
  let lastDay = ticks[0] === undefined ? "" : dateText(ticks[0], zone);
  return ticks.map((seconds, index) => {
    const day = dateText(seconds, zone);
    if (stepSeconds >= 86_400) return stepSeconds >= 28 * 86_400 ? monthText(seconds, zone) : day;
    const clock = clockText(seconds, zone, stepSeconds < 60);
    const newDay = day !== lastDay && index > 0;
    lastDay = day;
    return newDay ? day : clock;
  });
}

function monthText(seconds: number, zone: Zone): string {
  return format(zone, { month: "short", year: "numeric" }).format(seconds * 1000);
}

/** What the time button says: a preset's name, `now-3h to now`, or two dates. */
export function rangeText(range: TimeRange, zone: Zone): string {
  const known = PRESET_COLUMNS.flat().find(({ from, until }) => from === range.from && until === range.until);
  if (known !== undefined) return known.label;
  const from = parseTime(range.from);
  const until = parseTime(range.until);
  if (from?.kind === "absolute" && until?.kind === "absolute") {
    const sameDay =
      dateText(from.seconds, zone) === dateText(until.seconds, zone) && until.seconds - from.seconds < 86_400;
    const end = sameDay
      ? clockText(until.seconds, zone)
      : `${dateText(until.seconds, zone)} ${clockText(until.seconds, zone)}`;
    const year = format(zone, { year: "numeric" }).format(from.seconds * 1000);
    return `${dateText(from.seconds, zone)} ${year}, ${clockText(from.seconds, zone)} – ${end}${zone === "utc" ? " UTC" : ""}`;
  }
  const side = (text: string) => {
    const form = parseTime(text);
    return form?.kind === "absolute" ? fullText(form.seconds, zone) : text;
  };
  return `${side(range.from)} to ${side(range.until)}`;
}

/** The value of a datetime-local input. */
export function inputText(seconds: number, zone: Zone): string {
  const date = new Date(seconds * 1000);
  const shifted = zone === "utc" ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

/** `1 byte`, `2 bytes`. */
export const countedText = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

const AGO: readonly (readonly [number, string])[] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** `3 hours ago`. */
export function agoText(seconds: number, nowSeconds: number): string {
  const age = Math.max(0, nowSeconds - seconds);
  const [size, word] = AGO.find(([unit]) => age >= unit) ?? [1, "second"];
  const count = Math.floor(age / size);
  return `${countedText(count, word)} ago`;
}

/** A length of time in its largest exact unit: `5 min`. */
export function spanText(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
