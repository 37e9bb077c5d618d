// A flamebearer file: what /render answers and what Pyroscope's pages export, one profile or two that are compared.
import { ShareGraph } from "../api/share.ts";
import type { Limits } from "../config.ts";
import { type Json, parseJson, recordOf } from "../formats/json-file.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import { decodeLevels } from "../view/levels.ts";

/** @throws AppError malformed_profile */
export function readFlamebearer(bytes: Uint8Array, name: string, limits: Limits): ShareGraph {
  const file = recordOf(parseJson(bytes, "flamebearer", limits), "flamebearer: file");
  const metadata = recordOf(file["metadata"] ?? {}, "flamebearer: metadata");
  const flamebearer = recordOf(file["flamebearer"] ?? file, "flamebearer: the tree");
  const ticks = { leftTicks: file["leftTicks"], rightTicks: file["rightTicks"] };
  requireFewNodes(flamebearer["levels"], limits);
  const read = ShareGraph.safeParse({
    label: "",
    flamebearer: { ...defined(ticks), ...flamebearer },
    metadata: {
      format: metadata["format"] ?? flamebearer["format"] ?? "single",
      units: metadata["units"] ?? flamebearer["units"] ?? "samples",
      sampleRate: metadata["sampleRate"] ?? flamebearer["sampleRate"] ?? 100,
      spyName: metadata["spyName"] ?? flamebearer["spyName"] ?? "",
      name: metadata["name"] || name,
    },
  });
  if (!read.success) {
    const [issue] = read.error.issues;
    throw malformed(`flamebearer: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not understood"}`);
  }
  const graph = read.data;
  const decoded = decodeLevels(graph.flamebearer, graph.metadata.format);
  if (!decoded.ok) throw malformed(decoded.reason);
  return graph;
}

const defined = (values: Json): Json =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));

/** Before they are copied: four numbers a node at least. */
function requireFewNodes(levels: unknown, { nodesPerProfile }: Limits): void {
  if (!Array.isArray(levels)) return;
  let numbers = 0;
  for (const level of levels as unknown[]) numbers += Array.isArray(level) ? level.length : 0;
  if (numbers / 4 > nodesPerProfile)
    throw tooLarge("nodesPerProfile", Math.ceil(numbers / 4), nodesPerProfile, "the flame graph has too many nodes");
}
