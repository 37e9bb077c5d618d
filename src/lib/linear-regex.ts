// Regular expressions with RE2's syntax and RE2's promise: time grows with pattern × text, whatever
// the pattern. JavaScript's own may need time exponential in the text, and patterns come from
// outside. A Thompson machine: all states at once, one step per character.
//
//   program: op[pc] with an operand     CHAR test · SPLIT to pc + 1 and `to` · JUMP to · ASSERT what · MATCH
import { invalidArgument } from "./app-error.ts";
import { assertNever } from "./assert.ts";
import { type Assertion, type CharTest, parseRegex, type RegexNode } from "./regex-syntax.ts";

/** Counted repetitions are written out, so that a{1000}{1000} is a million instructions. */
const MAX_PROGRAM = 20_000;
/** Instructions one expression may execute in its life (one query): about half a second. */
const MAX_STEPS = 50_000_000;

export type TextTest = (text: string) => boolean;

export interface RegexOptions {
  /** The whole text must match, and `.` includes newlines (Prometheus); else a match anywhere will do (Go). */
  readonly anchored: boolean;
}

type Instruction =
  | { readonly op: "char"; readonly test: CharTest }
  | { readonly op: "assert"; readonly what: Assertion }
  | { readonly op: "split"; to: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "match" };

/** Throws invalid_argument for a pattern that RE2 would refuse. */
export function linearRegex(pattern: string, { anchored }: RegexOptions): TextTest {
  const tree = parseRegex(pattern, anchored);
  const whole: RegexNode = {
    kind: "sequence",
    items: [{ kind: "assert", what: "text start" }, tree, { kind: "assert", what: "text end" }],
  };
  const program: Instruction[] = [];
  emit(program, anchored ? whole : tree, pattern);
  program.push({ op: "match" });
  return machine(program, pattern, anchored);
}

function emit(program: Instruction[], node: RegexNode, pattern: string): void {
  if (program.length > MAX_PROGRAM) throw tooBig(pattern, "regexSize", MAX_PROGRAM, "steps when written out");
  switch (node.kind) {
    case "char":
      program.push({ op: "char", test: node.test });
      return;
    case "assert":
      program.push({ op: "assert", what: node.what });
      return;
    case "sequence":
      for (const item of node.items) emit(program, item, pattern);
      return;
    case "choice": {
      const ends: { to: number }[] = [];
      node.items.forEach((item, k) => {
        if (k === node.items.length - 1) {
          emit(program, item, pattern);
          return;
        }
        const split = { op: "split" as const, to: 0 };
        program.push(split);
        emit(program, item, pattern);
        const end = { op: "jump" as const, to: 0 };
        program.push(end);
        ends.push(end);
        split.to = program.length;
      });
      for (const end of ends) end.to = program.length;
      return;
    }
    case "repeat": {
      for (let k = 0; k < node.min; k++) {
        const before = program.length;
        emit(program, node.item, pattern);
        if (program.length === before) break; // an empty item a thousand times is still empty
      }
      if (node.max === Number.POSITIVE_INFINITY) {
        const split = { op: "split" as const, to: 0 };
        const back = program.length;
        program.push(split);
        emit(program, node.item, pattern);
        program.push({ op: "jump", to: back });
        split.to = program.length;
        return;
      }
      const splits: { to: number }[] = [];
      for (let k = node.min; k < node.max; k++) {
        const split = { op: "split" as const, to: 0 };
        splits.push(split);
        program.push(split);
        emit(program, node.item, pattern);
      }
      for (const split of splits) split.to = program.length;
      return;
    }
    default:
      assertNever(node);
  }
}

function machine(program: readonly Instruction[], pattern: string, anchored: boolean): TextTest {
  /** Program counters that come next, before jumps and assertions are followed. */
  let seeds = new Int32Array(program.length + 1);
  let grown = new Int32Array(program.length + 1);
  const pending = new Int32Array(program.length * 2 + 2);
  /** The position + 1 at which an instruction was last reached: each is followed once per character. */
  const reachedAt = new Int32Array(program.length);
  let steps = 0;

  return (text) => {
    reachedAt.fill(0);
    let seedCount = 0;
    let before = -1;
    for (let at = 0, mark = 1; ; mark++) {
      const char = at < text.length ? (text.codePointAt(at) ?? -1) : -1;
      if (!anchored || at === 0) seeds[seedCount++] = 0;
      if (seedCount === 0) return false;
      let grownCount = 0;
      for (let k = 0; k < seedCount; k++) {
        let depth = 0;
        pending[depth++] = seeds[k]!;
        while (depth > 0) {
          const pc = pending[--depth]!;
          if (reachedAt[pc] === mark) continue;
          reachedAt[pc] = mark;
          steps++;
          const instruction = program[pc]!;
          switch (instruction.op) {
            case "match":
              return true;
            case "char":
              if (char >= 0 && instruction.test(char)) grown[grownCount++] = pc + 1;
              break;
            case "split":
              pending[depth++] = instruction.to;
              pending[depth++] = pc + 1;
              break;
            case "jump":
              pending[depth++] = instruction.to;
              break;
            case "assert":
              if (holds(instruction.what, before, char)) pending[depth++] = pc + 1;
              break;
            default:
              assertNever(instruction);
          }
        }
      }
      if (char < 0) return false;
      if (steps > MAX_STEPS)
        throw tooBig(pattern, "regexSteps", MAX_STEPS, "steps: too costly for the values it is compared with");
      [seeds, grown] = [grown, seeds];
      seedCount = grownCount;
      before = char;
      at += char > 0xffff ? 2 : 1;
    }
  };
}

const isWord = (char: number): boolean =>
  (char >= 48 && char <= 57) || (char >= 65 && char <= 90) || char === 95 || (char >= 97 && char <= 122);

/** `before` and `after` are the characters around a position, −1 at the text's ends. */
function holds(what: Assertion, before: number, after: number): boolean {
  switch (what) {
    case "text start":
      return before < 0;
    case "text end":
      return after < 0;
    case "line start":
      return before < 0 || before === 10;
    case "line end":
      return after < 0 || after === 10;
    case "word edge":
      return isWord(before) !== isWord(after);
    case "no word edge":
      return isWord(before) === isWord(after);
    default:
      return assertNever(what);
  }
}

function tooBig(pattern: string, limit: string, allowed: number, what: string): Error {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
  const actual = `more than ${allowed}`;
  const message = `regular expression ${JSON.stringify(shown)}: ${actual} ${what}`;
  return invalidArgument(message, { limit, actual, allowed });
}
