/**
 * Which package a frame belongs to, from its name alone: answers often do not say what language they come from, so the
 * shape of the name decides, and the spy's name only where shapes collide.
 *
 *   Go       github.com/a/b.(*T).Method     → github.com/a/b        Node    ./node_modules/express/lib/x.js:handle:9 → express
 *   Java     java/util/HashMap.put          → java.util             .NET    System.Linq!Enumerable.Sum               → System.Linq
 *   Python   site-packages/flask/app.py run → flask                 Rust    tokio::runtime::park                     → tokio
 *   Ruby     gems/rack-3.0/lib/rack.rb call → rack                  native  libc.so.6!0x7f12, 0x55d0                 → libc.so.6
 */

export type FrameKind = "package" | "runtime" | "kernel" | "native" | "other";

export interface FramePackage {
  readonly kind: FrameKind;
  /** What the colour comes from and what the chip's tooltip says. */
  readonly name: string;
}

/** The patterns below may take quadratic time; a package stands at the beginning anyway. */
const MAX_FRAME_CHARS = 400;

const SCRIPT_FILE = /^(.*?\.(?:py|pyx|rb|erb|js|mjs|cjs|jsx|ts|tsx|mts|php|phtml|pl|lua|ex|exs))(?=[\s:]|$)/;
const ADDRESS = /^(?:\[?0x[0-9a-f]+\]?|\[unknown\]|\?\?|<unknown>)$/i;
const KERNEL = /^(?:\[k(?:ernel)?[\].]|vmlinux|.*_\[k\]$|entry_SYSCALL|do_syscall_|__x64_sys_|asm_sysvec_)/;
const RUNTIME_GO = /^(?:runtime|internal\/runtime|runtime\/internal|internal\/cpu)(?:[/.]|$)/;
const RUNTIME_PACKAGE =
  /^(?:jdk\.|sun\.|com\.sun\.proxy|node:internal|<frozen |<internal:|<built-in>|core$|std$|alloc$)/;
const RUNTIME_NAME =
  /^\((?:garbage collector|program|idle|root|anonymous)\)$|(?:^|[^a-z])(?:G1|GC|Parallel|Concurrent) ?(?:Thread|Mark|Refine)/;

export function packageOf(wholeFrame: string, spyName = ""): FramePackage {
  const frame = wholeFrame.slice(0, MAX_FRAME_CHARS);
  if (frame === "other") return { kind: "other", name: "other" };
  if (KERNEL.test(frame)) return { kind: "kernel", name: "kernel" };
  if (ADDRESS.test(frame)) return { kind: "native", name: "native" };
  if (RUNTIME_NAME.test(frame)) return { kind: "runtime", name: "runtime" };
  const name = packageName(frame, spyName);
  if (/\.so(?:\.|$)|\.dylib$|\.dll$/.test(name)) return { kind: "native", name };
  if (RUNTIME_PACKAGE.test(name) || (!spyName.startsWith("java") && RUNTIME_GO.test(name)))
    return { kind: "runtime", name: "runtime" };
  return { kind: "package", name };
}

function packageName(frame: string, spyName: string): string {
  const script = SCRIPT_FILE.exec(frame);
  if (script) return scriptPackage(script[1]!);
  const special = /^(?:node:[\w/]+|<frozen [^>]*>?|<internal:[^>]*>?|<built-in>)/.exec(frame);
  if (special) return special[0];
  const bang = frame.indexOf("!");
  if (bang > 0) return frame.slice(0, bang);
  const plain = withoutArguments(frame);
  if (plain.includes("::"))
    return (
      plain
        .replace(/^[<&*\s]+(?:mut |dyn )*/, "")
        .split("::")[0]!
        .trim() || plain
    );
  const slash = plain.lastIndexOf("/");
  const dot = plain.indexOf(".", slash + 1);
  if (dot < 0) return slash > 0 ? plain.slice(0, slash) : plain;
  const path = plain.slice(0, dot);
  const isJava = spyName.startsWith("java") || isJavaName(plain, slash, dot);
  return isJava ? javaPackage(plain) : path;
}

/**
 * java/util/HashMap.put has a capital right after the last slash. java.util.HashMap.put has packages without capitals, a
 * class and a method; Go's main.rideState.Tag and main.state.Tag.func1 only look like it.
 */
function isJavaName(name: string, slash: number, dot: number): boolean {
  if (slash >= 0) return !name.slice(0, slash).includes(".") && /^[A-Z]/.test(name.slice(slash + 1, dot));
  return /^(?:[a-z_][a-z0-9_]*\.){2,}[A-Z][\w$]*\.(?!func\d)/.test(name);
}

function javaPackage(name: string): string {
  const segments = name.split(/[/.]/);
  const classAt = segments.findIndex((segment) => /^[A-Z]/.test(segment) || segment.includes("$"));
  const parts = segments.slice(0, classAt > 0 ? classAt : Math.max(1, segments.length - 2));
  return parts.slice(0, 4).join(".");
}

/** The installed package when the path tells, else the file's folder, else the file. */
function scriptPackage(file: string): string {
  const path = file.replaceAll("\\", "/");
  const installed =
    /(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ??
    /.*\/?(?:site|dist)-packages\/([^/]+?)(?:\.pyx?)?(?:\/|$)/.exec(path) ??
    /.*\/gems\/(.+?)-\d[^/]*\//.exec(path) ??
    /.*\/python\d[\d.]*\/([^/]+?)(?:\.py)?(?:\/|$)/.exec(path) ??
    /.*\/?vendor\/([^/]+\/[^/]+)\//.exec(path);
  if (installed) return installed[1]!;
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, Math.max(0, slash)).replace(/^(?:\.\/|file:\/\/)/, "");
  return folder === "" || folder === "." ? path : folder;
}

/** Cuts type parameters, argument lists and return types, which hold other packages' names; keeps Go's (*T) receivers. */
function withoutArguments(frame: string): string {
  const bracket = frame.indexOf("[");
  const noTypes = bracket > 0 ? frame.slice(0, bracket) : frame;
  return noTypes.replace(/\((?!\*)[^)]*\).*$/, "");
}
