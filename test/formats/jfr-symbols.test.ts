// Names of methods in a recording: what is made anew in every run has one form, and what is too long keeps its end.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeJfr } from "../../src/formats/jfr/decode.ts";
import { NO_SNAPSHOT } from "../../src/formats/jfr/label-snapshot.ts";
import { normaliseSymbol } from "../../src/formats/jfr/symbols.ts";
import { type JfrClass, jfrChunk, jfrEvent, jfrLong, jfrText } from "./jfr-bytes.ts";
import { joined } from "./mutations.ts";
import { stackPath } from "./stack-lines.ts";

const T = { string: 1, trace: 10, frame: 11, method: 12, class: 13, symbol: 14, park: 20 };
const pooled = (name: string, type: number) => ({ name, type, isPooled: true });
const CLASSES: readonly JfrClass[] = [
  { id: T.string, name: "java.lang.String" },
  { id: T.trace, name: "jdk.types.StackTrace", fields: [{ name: "frames", type: T.frame, isList: true }] },
  { id: T.frame, name: "jdk.types.StackFrame", fields: [pooled("method", T.method)] },
  { id: T.method, name: "jdk.types.Method", fields: [pooled("type", T.class), pooled("name", T.symbol)] },
  { id: T.class, name: "java.lang.Class", fields: [pooled("name", T.symbol)] },
  { id: T.symbol, name: "jdk.types.Symbol", fields: [{ name: "string", type: T.string }] },
  { id: T.park, name: "jdk.ThreadPark", fields: [pooled("stackTrace", T.trace)] },
];

/** A recording with one sample, of a stack of one frame. */
function recordingOf(className: string, method: string) {
  const symbols = joined(jfrLong(1), jfrText(className), jfrLong(2), jfrText(method));
  const bytes = jfrChunk({
    classes: CLASSES,
    pools: [
      { type: T.symbol, count: 2, entries: symbols },
      { type: T.class, count: 1, entries: jfrLong(5, 1) },
      { type: T.method, count: 1, entries: jfrLong(6, 5, 2) },
      { type: T.trace, count: 1, entries: jfrLong(7, 1, 6) },
    ],
    events: jfrEvent(T.park, jfrLong(7)),
  });
  const { profile } = decodeJfr(bytes, { limits: LIMITS, periodNanos: 1, labels: NO_SNAPSHOT }) ?? {};
  if (profile === undefined) throw new Error("nothing decoded");
  return { name: stackPath(profile.stacks, profile.sampleNodes[0] ?? 0), notes: profile.notes };
}

describe("a symbol that is made anew in every run", () => {
  it.each([
    ["jdk/internal/reflect/GeneratedMethodAccessor31", "jdk/internal/reflect/GeneratedMethodAccessor_"],
    // Of JDK 8, 11, 17 and 21 as async-profiler writes them.
    ["org/example/Order$$Lambda$4/1283928880", "org/example/Order$$Lambda_"],
    ["org/example/Order$$Lambda$8/0x0000000800c01220", "org/example/Order$$Lambda_"],
    ["org/example/Order$$Lambda$669.0x0000000800fd7318", "org/example/Order$$Lambda_"],
    ["Fib$$Lambda.0x00007ffa600c4da0", "Fib$$Lambda_"],
    // Of OpenJDK's own recorder: the class, its address, its hash.
    ["Hot$$Lambda$82+0x00007ff5a4007a08/992802731", "Hot$$Lambda_"],
    ["Hot$$Lambda+0x00007ff5a4007a08/992802731", "Hot$$Lambda_"],
    ["Hot$$Lambda$82", "Hot$$Lambda_"],
    ["A$$Lambda$1/0x1$$Lambda$2.0x3", "A$$Lambda$1/0x1$$Lambda_"],
    // With the method that it is.
    ["Context$$Lambda$lambda$wrap$2$2630016632.0x00000000000100dd", "Context$$Lambda$lambda$wrap$2_"],
    ["Order$$Lambda$lambda$doWork$1$1283928880", "Order$$Lambda$lambda$doWork$1_"],
    ["foo/Baz$$EnhancerBySpringCGLIB$$1234567890", "foo/Baz$$EnhancerBySpringCGLIB$$_"],
    ["foo/Baz$$EnhancerBySpringCGLIB$$12$$FastClassBySpringCGLIB$$ab", "foo/Baz$$EnhancerBySpringCGLIB$$_"],
    ["foo/Baz$$FastClassBySpringCGLIB$$1f3ab", "foo/Baz$$FastClassBySpringCGLIB$$_"],
    ["/opt/app/libzstd-jni-1.5.6-3-169313118.so", "/opt/app/libzstd-jni-_.so"],
  ])("%s is %s", (symbol, expected) => {
    expect(normaliseSymbol(symbol)).toBe(expected);
  });

  it.each([
    ["libasyncProfiler-linux-musl-x64-17b9a1d8156277a98ccc871afa9a8f69215f92.so", "libasyncProfiler-_.so"],
    ["libasyncProfiler-macos-17b9a1d8156277a98ccc871afa9a8f69215f92.so", "libasyncProfiler-_.so"],
    ["libamazonCorrettoCryptoProvider109b39cf33c563eb.so", "libamazonCorrettoCryptoProvider_.so"],
    [
      "amazonCorrettoCryptoProviderNativeLibraries.7382c2f79097f415/libcrypto.so",
      "libamazonCorrettoCryptoProvider_.so",
    ],
    [
      "amazonCorrettoCryptoProviderNativeLibraries.24e42b0d5ecf5f50/libamazonCorrettoCryptoProvider.so",
      "libamazonCorrettoCryptoProvider_.so",
    ],
    ["libzstd-jni-1.5.1-16931311898282279136.so", "libzstd-jni-_.so"],
  ])("%s is %s wherever it was unpacked", (file, expected) => {
    for (const place of ["", "/tmp/", "./tmp/"])
      for (const end of ["", " (deleted)"]) expect(normaliseSymbol(place + file + end)).toBe(expected);
  });

  it.each([
    "java/lang/Thread",
    "java/util/concurrent/Executors$RunnableAdapter",
    "org/example/Order$$Lambda",
    "org/example/Order$$LambdaHelper",
    "$$Lambda$1/0xab",
    "jdk/internal/reflect/GeneratedMethodAccessors",
    "libzstd.so.1",
    "/tmp/libasyncProfiler.so",
  ])("%s is none", (symbol) => {
    expect(normaliseSymbol(symbol)).toBe(symbol);
  });

  it.each([
    ["$$Lambda$a", "1"],
    ["$$Lambda", ".0xab"],
    ["$$Lambda$", "$1"],
    ["x", "$$Lambda$1"],
    ["$$EnhancerByCGLIB", "$$"],
    ["libzstd-jni-1", ".1"],
    ["/amazonCorretto", "/lib"],
    ["GeneratedMethodAccessor", "1"],
  ])("is looked for in time in %s and many of %s", (start, again) => {
    for (const end of ["!", "\n", "\u2028"]) {
      const name = `${start}${again.repeat(300_000)}${end}`;
      expect(normaliseSymbol(name)).toBe(name);
    }
  });
});

describe("a method's name", () => {
  it.each([
    ["Foo$$Lambda$1", "accept", "Foo$$Lambda_.accept"],
    ["Foo$$Lambda", "accept", "Foo$$Lambda.accept"],
    ["Foo$$Lambda$1", "add", "Foo$$Lambda_.add"],
    ["Foo$$Lambda$14.0x00aa", "dead", "Foo$$Lambda_.dead"],
    ["", "./tmp/libzstd-jni-1.5.1-169.so (deleted)", ".libzstd-jni-_.so"],
  ])("of %s is %s and stays whole", (className, method, expected) => {
    expect(recordingOf(className, method)).toEqual({ name: expected, notes: [] });
  });

  it("is as long as its bytes are, whatever they stand for", () => {
    const { symbolBytes } = LIMITS;
    const wide = "語".repeat((symbolBytes - 4) / 3); // three bytes each
    expect(recordingOf(wide, "run")).toEqual({ name: `${wide}.run`, notes: [] });
    const { name, notes } = recordingOf(`${wide}語`, "run");
    expect(name).toBe(`${wide}.run`);
    expect(notes).toEqual([expect.objectContaining({ kind: "symbol_truncated", subject: "1 name" })]);
  });
});
