// The server under test: one of our own in a fresh folder, or a running one (--target).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "../../test/support/server.ts";

export interface Subject {
  readonly url: string;
  /** CPU seconds that workerd has used; null for a server that is not ours, or off Linux. */
  cpuSeconds(): number | null;
  /** Highest resident size of workerd so far, MB. */
  peakMb(): number | null;
  stop(): Promise<void>;
}

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export async function openSubject(target: string | null): Promise<Subject> {
  if (target !== null) return { url: target, cpuSeconds: () => null, peakMb: () => null, stop: async () => {} };
  const server = await startServer();
  const { pid } = JSON.parse(readFileSync(join(server.dataDir, "lock.json"), "utf8")).workerd as { pid: number };
  const read = (file: string): string | null => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return null;
    }
  };
  return {
    url: server.url,
    cpuSeconds() {
      // The name in parentheses may hold blanks: fields are counted behind it. utime and stime are 14 and 15.
      const fields = read("stat")
        ?.replace(/^.*\) /s, "")
        .split(" ");
      return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    peakMb() {
      const found = /VmHWM:\s+(\d+)/.exec(read("status") ?? "");
      return found === null ? null : Number(found[1]) / 1024;
    },
    async stop() {
      await server.stop();
    },
  };
}
