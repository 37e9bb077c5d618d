// Stack traces of a recording as nodes of one call tree. A method's name is its class, a dot, and its own;
// native code has no class, and its name begins with the dot, as in Pyroscope.
import type { Limits } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import { NumberMap } from "../../lib/number-map.ts";
import { utf8Tail } from "../../lib/utf8-tail.ts";
import { StackDictionary } from "../../profile/stack-dictionary.ts";
import { depthTruncated, symbolsTruncated, type UploadNote } from "../../profile/upload-note.ts";
import type { ConstantPools } from "./constant-pools.ts";
import { isMadeAnew, normaliseSymbol } from "./symbols.ts";

export interface JfrStacks {
  readonly dictionary: StackDictionary;
  /** Stack trace id of that chunk → node; 0 for one that is not there. */
  ofChunk(pools: ConstantPools): (stackTrace: number) => number;
  notes(): UploadNote[];
}

/** @param bytes of the recording: what its names may come to follows from it */
export function jfrStacks(limits: Limits, bytes: number): JfrStacks {
  const dictionary = new StackDictionary(1024);
  const row = new Int32Array(5);
  const frameOf = frameCache();
  let chunk = 0;
  let deep = 0;
  let deepest = 0;
  const { functionOf, cut } = functionReader(
    dictionary,
    limits,
    Math.min(limits.inflatedBytes, ALWAYS_NAME_CHARS + NAME_CHARS_PER_BYTE * bytes),
  );
  return {
    dictionary,
    ofChunk(pools) {
      const functions = new NumberMap<number>();
      const nodes = new NumberMap<number>();
      chunk++;
      const newFrame = (method: number, line: number): number => {
        let fn = functions.get(method);
        if (fn === undefined) {
          fn = functionOf(pools, method);
          functions.set(method, fn);
        }
        row.fill(0);
        row[0] = fn;
        row[1] = Number.isInteger(line) && line > 0 && line < 2 ** 31 ? line : 0;
        return dictionary.frames.intern(row);
      };
      return (id) => {
        const known = nodes.get(id);
        if (known !== undefined) return known;
        const trace = pools.stackTrace(id);
        let node = 0;
        if (trace !== undefined) {
          const { methods, lines } = trace;
          if (methods.length > limits.stackDepth) deep++;
          deepest = Math.max(deepest, methods.length);
          // Innermost first: the root side is at the end, and is what is kept of a very deep stack.
          const least = Math.max(0, methods.length - limits.stackDepth);
          for (let i = methods.length - 1; i >= least; i--)
            node = dictionary.child(node, frameOf(chunk, methods[i]!, lines[i]!, newFrame));
        }
        nodes.set(id, node);
        if (dictionary.nodes.count > limits.nodesPerProfile)
          throw tooLarge(
            "nodesPerProfile",
            `over ${limits.nodesPerProfile}`,
            limits.nodesPerProfile,
            "the recording has too many call-tree nodes",
          );
        return node;
      };
    },
    notes() {
      const notes: UploadNote[] = [];
      if (deep > 0) notes.push(depthTruncated(deep, deepest, limits.stackDepth));
      if (cut() > 0) notes.push(symbolsTruncated(cut(), limits.symbolBytes));
      return notes;
    },
  };
}

/** Frames met last, by method and line: stacks are mostly made of few. A power of 2. */
const FRAMES_KEPT = 4096;

/** @returns the frame that `make` gives, or gave for the same method and line of the chunk a short while ago */
function frameCache() {
  /** Whose methods: their ids mean something else in the next chunk. */
  const chunks = new Int32Array(FRAMES_KEPT);
  const methods = new Float64Array(FRAMES_KEPT);
  const lines = new Float64Array(FRAMES_KEPT);
  const frames = new Int32Array(FRAMES_KEPT);
  return (chunk: number, method: number, line: number, make: (method: number, line: number) => number): number => {
    const slot = (Math.imul(method, 131) + line) & (FRAMES_KEPT - 1);
    if (chunks[slot] === chunk && methods[slot] === method && lines[slot] === line) return frames[slot]!;
    const frame = make(method, line);
    chunks[slot] = chunk;
    methods[slot] = method;
    lines[slot] = line;
    frames[slot] = frame;
    return frame;
  };
}

/** Real recordings have less than one for each of their bytes. */
const NAME_CHARS_PER_BYTE = 8;
const ALWAYS_NAME_CHARS = 1024 * 1024;
/** What names cost that are brought to one form. */
const TIMES_LOOKED_AT = 6;

/** Functions of methods, under the names that they keep. */
function functionReader(dictionary: StackDictionary, limits: Limits, mostChars: number) {
  const row = new Int32Array(5);
  let long = 0;
  let nameChars = 0;
  /** A few more than are kept: bringing names to one form makes them shorter. */
  const tailOf = (text: string): string => text.slice(-2 * limits.symbolBytes);
  const functionOf = (pools: ConstantPools, id: number): number => {
    const method = pools.method(id);
    const className = method === undefined ? "" : tailOf(pools.symbol(pools.className(method.type) ?? 0));
    const name = method === undefined ? "" : tailOf(pools.symbol(method.name));
    const sent = method === undefined ? "" : `${className}.${name}`;
    // Every method names its class: a class of a long name would be a long name for each of them.
    const isNew = isMadeAnew(sent);
    nameChars += sent.length * (isNew ? TIMES_LOOKED_AT : 1);
    if (nameChars > mostChars)
      throw tooLarge("inflatedBytes", `over ${mostChars}`, mostChars, "characters of all methods' names");
    const whole = isNew ? `${normaliseSymbol(className)}.${normaliseSymbol(name)}` : sent;
    const text = utf8Tail(whole, limits.symbolBytes);
    if (text !== whole) long++;
    row.fill(0);
    row[0] = dictionary.strings.internText(text);
    // Row 0 is "no function"; a function that is called nothing needs one of its own.
    row[1] = row[0] === 0 ? dictionary.strings.internText("(empty)") : 0;
    return dictionary.functions.intern(row);
  };
  return { functionOf, cut: () => long };
}
