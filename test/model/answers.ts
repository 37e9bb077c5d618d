// Reads answers of the HTTP API back into the model's terms.
import { PATH_SEPARATOR, type Tree } from "./sent.ts";

export interface RenderAnswer {
  readonly flamebearer: { readonly numTicks: number; readonly names: string[]; readonly levels: number[][] };
  readonly timeline: TimelineAnswer;
  readonly groups: Readonly<Record<string, TimelineAnswer>> | null;
  readonly edgeflame: {
    readonly from: number;
    readonly until: number;
    readonly uploads: number;
    readonly hiddenNodes: number;
    readonly otherTotal: number;
  };
}

export interface TimelineAnswer {
  readonly startTime: number;
  readonly durationDelta: number;
  readonly samples: readonly number[];
}

export interface FlatFrame {
  readonly self: number;
  readonly total: number;
}

interface Box {
  readonly x: number;
  readonly end: number;
  readonly path: string;
}

/** Frames by path. A box: [x minus the end of the box before it, total, self, name]; one of no width could lie under either neighbour, and is left out. */
export function framesOf({ names, levels }: RenderAnswer["flamebearer"]): Map<string, FlatFrame> {
  const frames = new Map<string, FlatFrame>();
  let above: Box[] = [];
  levels.forEach((level, depth) => {
    const boxes: Box[] = [];
    let end = 0;
    let parentAt = 0;
    for (let at = 0; at < level.length; at += 4) {
      const x = end + level[at]!;
      const total = level[at + 1]!;
      end = x + total;
      if (total === 0) continue;
      if (depth === 0) {
        boxes.push({ x, end, path: "" });
        continue;
      }
      while (above[parentAt] !== undefined && above[parentAt]!.end <= x) parentAt++;
      const parent = above[parentAt];
      if (parent === undefined || x < parent.x || end > parent.end)
        throw new Error(`the box at ${x}..${end} of level ${depth} lies under no box`);
      const path = [parent.path, names[level[at + 3]!]!].filter(Boolean).join(PATH_SEPARATOR);
      if (frames.has(path)) throw new Error(`two boxes for ${path}`);
      frames.set(path, { self: level[at + 2]!, total });
      boxes.push({ x, end, path });
    }
    above = boxes;
  });
  return frames;
}

/** As JSON has them. */
export const flatFrames = ({ frames }: Tree): Map<string, FlatFrame> =>
  new Map([...frames].map(([path, { self, total }]) => [path, { self: Number(self), total: Number(total) }]));

/** Folded text: paths with a self value. */
export function linesOf(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space).replaceAll(";", PATH_SEPARATOR), line.slice(space + 1)];
    }),
  );
}

export const linesOfTree = ({ frames }: Tree): Map<string, string> =>
  new Map([...frames].filter(([, { self }]) => self !== 0n).map(([path, { self }]) => [path, String(self)]));

/** The first difference of two maps in words, or null. */
export function differenceOf<T>(got: ReadonlyMap<string, T>, wanted: ReadonlyMap<string, T>): string | null {
  const show = (value: T | undefined) => JSON.stringify(value) ?? "nothing";
  for (const path of new Set([...wanted.keys(), ...got.keys()])) {
    const text = `got ${show(got.get(path))}, should be ${show(wanted.get(path))}`;
    if (show(got.get(path)) !== show(wanted.get(path))) return `${path.replaceAll(PATH_SEPARATOR, ";")}: ${text}`;
  }
  return null;
}
