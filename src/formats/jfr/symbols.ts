// Names that the JVM or a library makes anew in every run are brought to one form, so that their stacks add up. Each is one symbol, a
// class or a method: in a whole name `$$Lambda$1.add`, the method's name could be a number.

/** A file of a library that unpacks itself, wherever that was; only the usual place is left out. */
const unpacked = (name: string): RegExp => new RegExp(String.raw`^(?:\.?/tmp/|(.*/))?${name}\.so(?: \(deleted\))?$`);

/** [what, by what]: each looks at no character more than a few times. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^jdk\/internal\/reflect\/GeneratedMethodAccessor\d+$/, "jdk/internal/reflect/GeneratedMethodAccessor_"],
  [/^(.+?\$\$(?:EnhancerBySpringCGLIB|FastClassBySpringCGLIB|EnhancerByCGLIB)\$\$).*$/s, "$1_"],
  [unpacked(String.raw`libzstd-jni-[\d.]+(?:-\d+)+`), "$1libzstd-jni-_.so"],
  [
    unpacked(
      String.raw`(?:lib)?amazonCorrettoCryptoProvider(?:NativeLibraries\.)?[\da-f]{16}(?:/lib(?:crypto|amazonCorrettoCryptoProvider))?`,
    ),
    "$1libamazonCorrettoCryptoProvider_.so",
  ],
  [unpacked(String.raw`libasyncProfiler-[a-z\d-]+-[\da-f]+`), "$1libasyncProfiler-_.so"],
];

/** Characters that every rule needs at least one of: most names have none. */
const MAY_MATCH = /\$\$|GeneratedMethodAccessor|libzstd-jni|amazonCorretto|libasyncProfiler/;

/** Whether `normaliseSymbol` has to look closer. */
export const isMadeAnew = (name: string): boolean => MAY_MATCH.test(name);

export function normaliseSymbol(name: string): string {
  if (!isMadeAnew(name)) return name;
  return RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), withoutLambdaIds(name));
}

const LAMBDA = "$$Lambda";
/** Addresses of hidden classes, and what OpenJDK adds to those: `.0x…`, `/0x…`, `/123`, `+0x…/123`. */
const ADDRESSES = /(?:[./+](?:0x)?[\da-f]+){1,2}$/;
const COUNTER = /\$\d+$/;
/** The method that the lambda is, where the JVM puts its name there. */
const METHOD = /^(?:\$[a-zA-Z][\w$]*)?$/;

/** `X$$Lambda$82.0xabc`, `X$$Lambda$lambda$go$1$82.0xabc` and their like are what comes before the numbers, and `_`. */
function withoutLambdaIds(name: string): string {
  const from = name.lastIndexOf(LAMBDA) + LAMBDA.length;
  if (from <= LAMBDA.length) return name; // there is none, or no class around it
  const rest = name.slice(from);
  const addressless = rest.replace(ADDRESSES, "");
  const method = addressless === rest ? withoutLastNumber(rest) : addressless.replace(COUNTER, "");
  return method !== rest && METHOD.test(method) ? `${name.slice(0, from)}${method}_` : name;
}

/** Without the digits at its end, and a `$` before those. */
function withoutLastNumber(text: string): string {
  let end = text.length;
  while (end > 0 && isDigit(text.charCodeAt(end - 1))) end--;
  if (end === text.length) return text;
  return text.slice(0, text.endsWith("$", end) ? end - 1 : end);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
