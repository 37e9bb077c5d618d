/** What is written on a bar: its name, cut to what fits, and beside it a share or the size of a change when there is room. */
import { diffShareOf, diffStep } from "./diff.ts";
import { formatPoints, formatShare } from "./format.ts";
import { type FlameModel, isDiff, type NodeIndex, ROOT, shareOf } from "./model.ts";
import { fitName } from "./names.ts";

export interface BarTexts {
  readonly nameOf: (node: NodeIndex) => string;
  /** Written at the right end when there is room: a share, or the sign and size of a difference. */
  readonly noteOf: (node: NodeIndex) => string;
  /** A sign before the name when the note does not fit; "" for none. */
  readonly signOf: (node: NodeIndex) => string;
}

/** A note is shown beside at least this much of the name. */
const MIN_NAME_CELLS = 8;

/** @param nameText a name as it may be shown, by index */
export function barTextsOf(model: FlameModel, nameText: (name: number) => string): BarTexts {
  const nameOf = (node: NodeIndex): string => nameText(model.name[node]!);
  const [side] = model.sides;
  if (!isDiff(model)) return { nameOf, noteOf: (node) => formatShare(shareOf(side, node)), signOf: () => "" };
  return {
    nameOf,
    noteOf: (node) => (node === ROOT ? "" : formatPoints(diffShareOf(model, node))),
    signOf: (node) => {
      const step = diffStep(diffShareOf(model, node));
      return step === 4 ? "" : step > 4 ? "+ " : "− ";
    },
  };
}

export interface BarLabel {
  readonly text: string;
  /** "" when there is no room for it. */
  readonly note: string;
}

/** @param cells how many letters of the monospace font fit */
export function barLabel(texts: BarTexts, node: NodeIndex, cells: number, keep: "head" | "tail"): BarLabel {
  const name = texts.nameOf(node);
  const note = texts.noteOf(node);
  const noteCells = note.length + 2;
  if (note !== "" && cells - noteCells >= Math.min(name.length, MIN_NAME_CELLS))
    return { text: fitName(name, cells - noteCells, keep), note };
  const sign = texts.signOf(node);
  return { text: sign + fitName(name, cells - sign.length, keep), note: "" };
}
