// Medians, percentiles, tables, and what machine it was.
import { cpus, totalmem } from "node:os";

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function markdownTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [title, "", line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** For example `2026-11-22, linux x64, 2 × Some CPU, 24 GB, Node v24.0.0`. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${process.platform} ${process.arch}, ${cpus().length} × ${model}, ${memoryGb} GB, Node ${process.version}`;
}
