// CPU and memory of a process and all its descendants, from /proc: a whole server is Node and workerd. Linux only.
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

export interface ServerUse {
  readonly cpuSeconds: number;
  readonly residentMb: number;
  /** Sum of the processes' highest resident sizes. */
  readonly peakMb: number;
}

/** Of a process and its descendants; null where there is no /proc, or no such process. */
export function useOf(rootPid: number): ServerUse | null {
  const tree = treeOf(rootPid);
  return tree.length === 0 ? null : useOfAll(tree);
}

/** Of the descendants of a process whose command has the name; null when there are none. */
export function descendantsUse(rootPid: number, command: string): ServerUse | null {
  const found = treeOf(rootPid).filter(({ pid }) => pid !== rootPid && read(pid, "comm")?.trim() === command);
  return found.length === 0 ? null : useOfAll(found);
}

function treeOf(rootPid: number): Stat[] {
  const all = allStats();
  const tree = all.filter(({ pid }) => pid === rootPid);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

function useOfAll(tree: readonly Stat[]): ServerUse {
  const memory = tree.map(({ pid }) => memoryMb(pid));
  return {
    cpuSeconds: tree.reduce((sum, one) => sum + one.cpuSeconds, 0),
    residentMb: memory.reduce((sum, { resident }) => sum + resident, 0),
    peakMb: memory.reduce((sum, { peak }) => sum + peak, 0),
  };
}

function allStats(): Stat[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)));
  } catch {
    return [];
  }
}

function statOf(pid: number): Stat[] {
  const text = read(pid, "stat");
  if (text === null) return [];
  // The name in parentheses may hold blanks: fields are counted behind it. ppid is 4, utime and stime are 14 and 15.
  const fields = text.replace(/^.*\) /s, "").split(" ");
  return [{ pid, parent: Number(fields[1]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND }];
}

function memoryMb(pid: number): { resident: number; peak: number } {
  const text = read(pid, "status") ?? "";
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
  return { resident: kilobytes("VmRSS") / 1024, peak: kilobytes("VmHWM") / 1024 };
}

function read(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return null;
  }
}
