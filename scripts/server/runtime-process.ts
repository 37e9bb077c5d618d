// The workerd process behind Miniflare. Miniflare hides it; we need its id for three promises: it dies with this
// process, it ends after its open requests, and its death is noticed.
//
// The guardian is a detached shell that holds the read end of a pipe. Only this process holds the write end, so the
// system closes it even after a SIGKILL, and the guardian then kills the last workerd it was told of.
import { type ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

export interface RuntimeProcess {
  /** Asks workerd to finish its open requests and to end. */
  terminate(): void;
  /** Call when workerd is gone for good: the guardian has nothing to kill any more. */
  dismiss(): void;
}

interface Listeners {
  started(pid: number, command: string): void;
  /** Runs before Miniflare learns of the death. */
  exited(code: number | null, signal: NodeJS.Signals | null): void;
}

// `kill` is told a process id that was alive a moment ago: an empty line takes it back as soon as workerd has ended.
const GUARDIAN = 'while read -r line; do pid=$line; done; [ -n "$pid" ] && kill -9 "$pid"';

/** Watches every workerd that this process starts from now on. Call before the Miniflare is made. */
export function watchRuntimeProcess(listeners: Listeners): RuntimeProcess {
  const tellGuardian = startGuardian();
  let current: ChildProcess | undefined;

  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    child.once("spawn", () => {
      if (!child.spawnargs.includes("--control-fd=3") || child.pid === undefined) return;
      const { pid } = child;
      current = child;
      tellGuardian(String(pid));
      listeners.started(pid, child.spawnargs.join(" "));
      child.prependOnceListener("exit", (code, signal) => {
        tellGuardian("");
        if (current === child) current = undefined;
        listeners.exited(code, signal);
      });
    });
  });

  return {
    terminate: () => void current?.kill("SIGTERM"),
    dismiss: () => tellGuardian(""),
  };
}

function startGuardian(): (line: string) => void {
  if (process.platform === "win32") return () => {}; // no sh; the next server waits for the leftover instead
  const guardian = spawn("/bin/sh", ["-c", GUARDIAN], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  guardian.unref();
  const { stdin } = guardian;
  stdin.on("error", () => {}); // a guardian that was killed is no reason to stop serving
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return (line) => void stdin.write(`${line}\n`);
}
