// Stacks as an app keeps them: a dictionary and a value per node. Frames of one function differ in their lines.
import type { StackValues } from "../../src/flame/focus.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";

/** @param linesOf how many lines a function is met in, in turn */
export function stackValues(stacks: Iterable<readonly [readonly string[], bigint]>, linesOf = 1): StackValues {
  const dictionary = new StackDictionary();
  const values: [number, bigint][] = [];
  let calls = 0;
  for (const [frames, value] of stacks) {
    let node = 0;
    for (const name of frames) {
      const fn = dictionary.functions.intern([dictionary.strings.internText(name), 0, 0, 1]);
      node = dictionary.child(node, dictionary.frames.intern([fn, calls++ % linesOf, 0, 0, 0]));
    }
    values.push([node, value]);
  }
  const sums = new WideSums(dictionary.nodes.count);
  for (const [node, value] of values) sums.addBig(node, value);
  return { stacks: dictionary, values: sums };
}
