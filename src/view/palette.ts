/**
 * Colours of bars, per theme: tables, computed once for even lightness and enough contrast with the text on them, so that
 * no package looks hotter than another. A package's hue comes from its name and is the same in every graph.
 */
import type { FramePackage } from "./package-name.ts";

export type ThemeName = "light" | "dark";

export interface FlameColours {
  readonly hues: readonly string[];
  readonly runtime: string;
  readonly kernel: string;
  readonly native: string;
  readonly root: string;
  /** Text on any of the bars above. */
  readonly text: string;
  /** By value: from a small share to a large one; `text` is legible on all. */
  readonly values: readonly string[];
  /** From much less to much more, see diff.ts. */
  readonly diff: readonly string[];
  readonly diffText: readonly string[];
}

export const FLAME_COLOURS: Readonly<Record<ThemeName, FlameColours>> = {
  light: {
    hues: [
      "#fab2ac",
      "#f5b896",
      "#e8c089",
      "#d4c988",
      "#b5d398",
      "#9bd8af",
      "#87dac9",
      "#81d8e2",
      "#90d1f7",
      "#a7c9ff",
      "#c6befb",
      "#e0b6ea",
    ],
    runtime: "#c3ccd8",
    kernel: "#d3cac2",
    native: "#e3d5b4",
    root: "#e4e7eb",
    text: "#1a1a1a",
    values: ["#f6eddd", "#f7e2c0", "#f8d5a1", "#f8c782", "#f6b767", "#f2a650", "#ed943d"],
    diff: ["#2166ac", "#4a8cc7", "#8ab8de", "#c3daec", "#d9d9d9", "#f5d3b0", "#f0a868", "#dd7a29", "#b35806"],
    diffText: ["#ffffff", "#111111", "#111111", "#111111", "#111111", "#111111", "#111111", "#111111", "#ffffff"],
  },
  dark: {
    hues: [
      "#cd7670",
      "#c87d52",
      "#b9883c",
      "#a2933b",
      "#7ca055",
      "#55a674",
      "#29a895",
      "#13a5b2",
      "#439ccc",
      "#6a93d5",
      "#9186d1",
      "#b07bbc",
    ],
    runtime: "#8391a5",
    kernel: "#988b82",
    native: "#a89872",
    root: "#8a929e",
    text: "#0b0b0b",
    values: ["#8f8675", "#a08b68", "#b08f5a", "#bf924c", "#cd943e", "#da9530", "#e69622"],
    diff: ["#6fb7ff", "#5598db", "#45739e", "#465f7a", "#4b515b", "#745c41", "#a0713a", "#d08533", "#ff9d3b"],
    diffText: ["#0b0b0b", "#0b0b0b", "#ffffff", "#ffffff", "#ffffff", "#ffffff", "#0b0b0b", "#0b0b0b", "#0b0b0b"],
  },
};

/** Slots of the fill table of a painter: the hues first, then the tints. */
export const FILL_RUNTIME = 12;
export const FILL_KERNEL = 13;
export const FILL_NATIVE = 14;
export const FILL_ROOT = 15;
export const FILL_OTHER = 16;

export function packageFills(colours: FlameColours, merged: string): string[] {
  return [...colours.hues, colours.runtime, colours.kernel, colours.native, colours.root, merged];
}

export function packageFill(framePackage: FramePackage): number {
  switch (framePackage.kind) {
    case "package":
      return hashText(framePackage.name) % 12;
    case "runtime":
      return FILL_RUNTIME;
    case "kernel":
      return FILL_KERNEL;
    case "native":
      return FILL_NATIVE;
    case "other":
      return FILL_OTHER;
  }
}

/** 0 … 6: each step is about three times the share of the one before. */
export function valueStep(share: number): number {
  if (share <= 0.001) return 0;
  return Math.min(6, Math.max(0, Math.ceil(6 + Math.log(share / 0.5) / Math.log(3))));
}

/** FNV-1a over UTF-16 units, finished so that the low digits depend on all of them. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  return Math.imul(hash, 0x45d9f3b) >>> 0;
}
