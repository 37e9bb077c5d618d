// Collapsed text of any size from a seed: a call tree of made-up frames, and a line for stacks in it.
import { random } from "../../test/formats/mutations.ts";

export interface FoldedShape {
  readonly bytes: number;
  readonly depthMost: number;
  /** Nodes of the call tree: stacks are among them. */
  readonly nodes: number;
  /** sorted: as stackcollapse writes them, each once. shuffled: each once. repeated: as they were sampled. */
  readonly order: "sorted" | "shuffled" | "repeated";
}

const NAMES = 5000;
const PARTS = ["shop", "order", "db", "pool", "http", "json", "cache", "runtime", "queue", "auth", "search", "render"];

export function foldedText({ bytes, depthMost, nodes, order }: FoldedShape): Uint8Array<ArrayBuffer> {
  const next = random(20_261_123);
  const below = (count: number) => Math.floor(next() * count);
  const part = () => PARTS[below(PARTS.length)] ?? "";
  const names = Array.from(
    { length: NAMES },
    (_, at) => `github.com/acme/${part()}/${part()}.(*${part()}).${part()}${at}`,
  );
  const stacks: string[] = [names[0] ?? ""];
  const depths = [1];
  while (stacks.length < nodes) {
    // Mostly below what was added last: chains, as real trees have.
    const parent = next() < 0.8 ? Math.max(0, stacks.length - 1 - below(20)) : below(stacks.length);
    const depth = (depths[parent] ?? 1) + 1;
    if (depth > depthMost) continue;
    stacks.push(`${stacks[parent]};${names[below(NAMES)]}`);
    depths.push(depth);
  }
  const lines: string[] = [];
  let length = 0;
  const seen = new Set<number>();
  while (length < bytes) {
    const at = below(stacks.length);
    if (order !== "repeated") {
      if (seen.size === stacks.length) throw new Error(`${nodes} nodes make ${length} bytes`);
      if (seen.has(at)) continue;
      seen.add(at);
    }
    const line = `${stacks[at]} ${1 + below(500)}`;
    lines.push(line);
    length += line.length + 1;
  }
  if (order === "sorted") lines.sort();
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}
