// The model: a plain list of what was sent, one item per series of each upload. Everything that a query may be asked is
// a loop over it.

/** Separates the frames of a path; no frame has it in its name. */
export const PATH_SEPARATOR = "\u0001";

export interface Sent {
  readonly service: string;
  /** Start of its 10 s slot, unix seconds. */
  readonly at: number;
  readonly typeId: string;
  readonly isGauge: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Self value by path, root first. */
  readonly stacks: ReadonlyMap<string, bigint>;
  /** What of it was sampled in which request. */
  readonly spans?: readonly SentSpan[];
}

export interface SentSpan {
  readonly span: string;
  readonly trace: string;
  readonly stacks: ReadonlyMap<string, bigint>;
}

export interface Range {
  readonly from: number;
  readonly until: number;
}

export interface LabelTest {
  readonly label: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  /** Of `=~` and `!~` the alternatives. */
  readonly values: readonly string[];
}

/** As both query languages have it for values that are not empty: a missing label equals nothing. */
export function accepts(tests: readonly LabelTest[], labels: Readonly<Record<string, string>>): boolean {
  return tests.every(({ label, op, values }) => {
    const value = labels[label];
    const isIn = value !== undefined && values.includes(value);
    return op === "=" || op === "=~" ? isIn : !isIn;
  });
}

/** As if each span of theirs that is meant had been sent by itself. */
export const spansOf = (sent: readonly Sent[], isMeant: (span: SentSpan) => boolean): Sent[] =>
  sent.flatMap((one) => (one.spans ?? []).filter(isMeant).map(({ stacks }) => ({ ...one, stacks })));

export const inRange = (sent: readonly Sent[], { from, until }: Range): Sent[] =>
  sent.filter(({ at }) => at >= from && at < until);

export interface Frame {
  readonly self: bigint;
  readonly total: bigint;
}

export interface Tree {
  readonly total: bigint;
  readonly uploads: number;
  /** By path; only frames whose total is not 0. */
  readonly frames: ReadonlyMap<string, Frame>;
}

/** The merged tree; a gauge's values are divided by the uploads, each rounded down for itself. */
export function treeOf(sent: readonly Sent[], isAverage: boolean): Tree {
  const self = new Map<string, bigint>();
  const total = new Map<string, bigint>();
  let sum = 0n;
  const add = (sums: Map<string, bigint>, path: string, value: bigint) =>
    sums.set(path, (sums.get(path) ?? 0n) + value);
  for (const { stacks } of sent) for (const [path, value] of stacks) add(self, path, value);
  for (const [path, value] of self) {
    sum += value;
    for (let end = path.length; end > 0; end = path.lastIndexOf(PATH_SEPARATOR, end - 1))
      add(total, path.slice(0, end), value);
  }
  const divisor = isAverage ? BigInt(Math.max(1, sent.length)) : 1n;
  const frames = new Map<string, Frame>();
  for (const [path, value] of total) {
    if (value / divisor === 0n) continue;
    frames.set(path, { self: (self.get(path) ?? 0n) / divisor, total: value / divisor });
  }
  return { total: sum / divisor, uploads: sent.length, frames };
}

export const totalOf = ({ stacks }: Sent): bigint => {
  let sum = 0n;
  for (const value of stacks.values()) sum += value;
  return sum;
};

/** Sums, or averages, of the steps [start + i × step, start + (i + 1) × step). */
export function timelineOf(
  sent: readonly Sent[],
  { start, step, count }: { start: number; step: number; count: number },
  isAverage: boolean,
): number[] {
  const sums = new Array<bigint>(count).fill(0n);
  const uploads = new Array<number>(count).fill(0);
  for (const one of sent) {
    const slot = Math.floor((one.at - start) / step);
    if (slot < 0 || slot >= count) continue;
    sums[slot]! += totalOf(one);
    uploads[slot]!++;
  }
  return sums.map((sum, slot) => Number(isAverage ? sum / BigInt(Math.max(1, uploads[slot]!)) : sum));
}
