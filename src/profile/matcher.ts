// Conditions on labels, and what they mean in the two query languages.
//
//                          FlameQL (`app.cpu{…}`)            PromQL (`{__name__="…"}`)
//   label is missing       = =~ fail, != !~ pass             its value is ""
//   regular expressions    match anywhere, `.` stops at \n   match the whole value
import { assertNever } from "../lib/assert.ts";
import { linearRegex, type TextTest } from "../lib/linear-regex.ts";
import { type LabelSet, labelValue } from "./labels.ts";

export type MatcherOp = "=" | "!=" | "=~" | "!~";

export interface Matcher {
  readonly name: string;
  readonly op: MatcherOp;
  readonly value: string;
  /** PromQL's semantics; else FlameQL's. */
  readonly anchored: boolean;
}

/** The label whose value is the app. */
export const SERVICE_LABEL = "service_name";
/** Answers of a regular expression that are remembered: series share values. */
const REMEMBERED_VALUES = 10_000;

/** `undefined`: the label is missing. */
export type ValueTest = (value: string | undefined) => boolean;
export type SeriesTest = (labels: LabelSet, service: string) => boolean;

/** Throws invalid_argument for a regular expression that RE2 would refuse. */
export function compileMatcher({ op, value: wanted, anchored }: Matcher): ValueTest {
  switch (op) {
    case "=":
      return (value) => (anchored ? (value ?? "") : value) === wanted;
    case "!=":
      return (value) => (anchored ? (value ?? "") : value) !== wanted;
    case "=~": {
      const finds = remembering(linearRegex(wanted, { anchored }));
      return (value) => (value === undefined ? anchored && finds("") : finds(value));
    }
    case "!~": {
      const finds = remembering(linearRegex(wanted, { anchored }));
      return (value) => !(value === undefined ? anchored && finds("") : finds(value));
    }
    default:
      return assertNever(op);
  }
}

/** All must hold. `service_name` is the app, never one of the labels. */
export function compileMatchers(matchers: readonly Matcher[]): SeriesTest {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
  return (labels, service) =>
    tests.every(({ name, test }) => test(name === SERVICE_LABEL ? service : labelValue(labels, name)));
}

export const matches = (matcher: Matcher, value: string | undefined): boolean => compileMatcher(matcher)(value);

/** Only what the matchers ask of the app's name: for finding the apps to read before their series are known. */
export function compileServiceMatchers(matchers: readonly Matcher[]): (service: string) => boolean {
  const test = compileMatchers(matchers.filter(({ name }) => name === SERVICE_LABEL));
  return (service) => test([], service);
}

function remembering(finds: TextTest): TextTest {
  const known = new Map<string, boolean>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = finds(text);
    if (known.size < REMEMBERED_VALUES) known.set(text, found);
    return found;
  };
}
