// Names of frames as small numbers, decoded only when asked for. Most frames of a function share one string,
// so each text is decoded once however many lines of a function there are.
import { FRAME, FUNCTION, type StackDictionary } from "../profile/stack-dictionary.ts";

/** Distinct names in order of arrival. */
export class NameTable {
  readonly names: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(first: Iterable<string>) {
    for (const name of first) this.idOf(name);
  }

  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.names.length;
    this.names.push(name);
    this.#ids.set(name, id);
    return id;
  }
}

/** The number in `names` of each frame's name. */
export function frameNamer(stacks: StackDictionary, names: NameTable): (frame: number) => number {
  /** Name + 1 of each frame, and of each function-name string. */
  const ofFrame = new Int32Array(stacks.frames.count);
  const ofString = new Int32Array(stacks.strings.count);
  return (frame) => {
    const known = ofFrame[frame]!;
    if (known !== 0) return known - 1;
    const fn = stacks.frames.at(frame, FRAME.function);
    const string = fn === 0 ? 0 : stacks.functions.at(fn, FUNCTION.name);
    let name = fn === 0 ? 0 : ofString[string]!;
    if (name === 0) {
      name = names.idOf(stacks.frameName(frame)) + 1;
      if (fn !== 0) ofString[string] = name;
    }
    ofFrame[frame] = name;
    return name - 1;
  };
}
