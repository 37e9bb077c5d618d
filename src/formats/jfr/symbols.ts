// Names that the JVM or a library makes anew in every run are brought to one form, so that their stacks add up.

/** [what, by what], in order; each is applied everywhere it occurs, and looks no further than a file's name is long. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/jdk\/internal\/reflect\/GeneratedMethodAccessor\d+/g, "jdk/internal/reflect/GeneratedMethodAccessor_"],
  [/(\$\$Lambda)(?:\$?\d*[./](?:0x)?[0-9a-f]+|\$\d+)/g, "$1_"],
  [/(\$\$EnhancerBySpringCGLIB\$\$|\$\$FastClassBySpringCGLIB\$\$|\$\$EnhancerByCGLIB\$\$)[0-9a-zA-Z_]+/g, "$1_"],
  [/libzstd-jni-\d[^/]{0,128}?\.so/g, "libzstd-jni-_.so"],
  [/libamazonCorrettoCryptoProvider[^/]{0,128}?\.so/g, "libamazonCorrettoCryptoProvider_.so"],
  [/libasyncProfiler-[^/]{0,128}?\.so/g, "libasyncProfiler-_.so"],
];

/** Characters that every rule needs at least one of: most names have none. */
const MAY_MATCH = /\$\$|GeneratedMethodAccessor|lib(?:zstd-jni|amazonCorretto|asyncProfiler)/;

/** Whether `normaliseSymbol` has to look closer. */
export const isMadeAnew = (name: string): boolean => MAY_MATCH.test(name);

export function normaliseSymbol(name: string): string {
  if (!isMadeAnew(name)) return name;
  return RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);
}
