/**
 * Numbers as people read them: three digits and a unit, shares, differences in percentage points, and the exact value.
 * One formatter per graph, made from the metadata of the answer.
 */

export interface ValueUnits {
  readonly units: string;
  /** Samples per second, when the unit is samples. */
  readonly sampleRate: number;
  readonly aggregation?: "sum" | "average" | undefined;
}

export interface ValueFormat {
  /** "CPU time", "Bytes", "Average objects" … */
  readonly title: string;
  /** Short, for tables and labels: "3.42 s", "1.2 MiB", "12.3 k". */
  readonly short: (value: number) => string;
  /** What `exact` counts: "Samples", "Nanoseconds", … */
  readonly exactTitle: string;
  /** Every digit, with separators: "1,234,567". */
  readonly exact: (value: number) => string;
}

type Scale = readonly (readonly [size: number, suffix: string])[];

const DURATION_S: Scale = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];
const BYTES: Scale = [
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];
const COUNT: Scale = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
];

interface UnitKind {
  readonly title: string;
  readonly exactTitle: string;
  readonly scale: Scale;
  /** One unit in the scale's terms. */
  readonly size: number;
}

/** Where it is not a count that is called as its unit is: "Objects", "Goroutines". */
const UNIT_KINDS: Readonly<Record<string, Partial<UnitKind>>> = {
  nanoseconds: { title: "Time", scale: DURATION_S, size: 1e-9 },
  microseconds: { title: "Time", scale: DURATION_S, size: 1e-6 },
  milliseconds: { title: "Time", scale: DURATION_S, size: 1e-3 },
  seconds: { title: "Time", scale: DURATION_S },
  lock_nanoseconds: { title: "Waiting for locks", exactTitle: "Nanoseconds", scale: DURATION_S, size: 1e-9 },
  lock_samples: { title: "Contended locks", exactTitle: "Contended locks" },
  bytes: { title: "Memory", scale: BYTES },
};

export function valueFormat({ units, sampleRate, aggregation }: ValueUnits): ValueFormat {
  const kind = kindOf(units, sampleRate);
  const average = aggregation === "average";
  return {
    title: average ? `Average ${kind.title.toLowerCase()}` : kind.title,
    short: (value) => scaled(value * kind.size, kind.scale),
    exactTitle: average ? `Average ${kind.exactTitle.toLowerCase()}` : kind.exactTitle,
    exact: groupDigits,
  };
}

function kindOf(units: string, sampleRate: number): UnitKind {
  if (units === "samples") {
    // A rate of 1e9 is how an answer says that its "samples" are nanoseconds.
    const exactTitle = sampleRate === 1e9 ? "Nanoseconds" : "Samples";
    if (sampleRate > 0) return { title: "CPU time", exactTitle, scale: DURATION_S, size: 1 / sampleRate };
    return { title: "Samples", exactTitle, scale: COUNT, size: 1 };
  }
  const known = Object.hasOwn(UNIT_KINDS, units) ? UNIT_KINDS[units] : undefined;
  const title = units === "" ? "Value" : units.charAt(0).toUpperCase() + units.slice(1).replaceAll("_", " ");
  return { title, exactTitle: title, scale: COUNT, size: 1, ...known };
}

function scaled(value: number, scale: Scale): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const [smallestSize, smallestSuffix] = scale[scale.length - 1]!;
  if (size === 0) return withSuffix("0", scale.find(([step]) => step === 1)?.[1] ?? smallestSuffix);
  for (const [step, suffix] of scale) {
    // 0.999 of one step reads better as 1.00 of it than as 1,000 of the step below.
    if (size / step >= 0.9995) return withSuffix(threeDigits(value / step, step === smallestSize), suffix);
  }
  return withSuffix(threeDigits(value / smallestSize, true), smallestSuffix);
}

function withSuffix(digits: string, suffix: string): string {
  return suffix === "" ? digits : `${digits} ${suffix}`;
}

/** Three significant digits, no exponent. Of the smallest unit, whole numbers stay whole: 12 B, not 12.0 B. */
function threeDigits(value: number, isSmallestUnit: boolean): string {
  const size = Math.abs(value);
  if (size >= 999.5) return groupDigits(Math.round(value));
  if (isSmallestUnit && Number.isInteger(value)) return String(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return value.toFixed(decimals);
}

const DIGITS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

function groupDigits(value: number): string {
  return DIGITS.format(value);
}

/** 0.412 → "41.2 %". What is not nothing is never shown as nothing, and what is not all never as all. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.05) return "<0.1 %";
  if (percent < 100 && percent >= 99.95) return ">99.9 %";
  return percent >= 100 ? "100 %" : `${percent.toFixed(1)} %`;
}

/** 0.042 → "+4.2 pp". */
export function formatPoints(share: number): string {
  const points = share * 100;
  if (points === 0 || !Number.isFinite(points)) return "0 pp";
  const sign = points > 0 ? "+" : "−";
  const size = Math.abs(points);
  if (size < 0.005) return `${sign}<0.01 pp`;
  return `${sign}${size.toFixed(size < 0.095 ? 2 : 1)} pp`;
}
