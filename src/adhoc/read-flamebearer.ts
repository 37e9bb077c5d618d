// A flamebearer file: what /render answers and what Pyroscope's pages export, one profile or two that are compared.
import { ShareGraph } from "../api/share.ts";
import type { Limits } from "../config.ts";
import { type Json, parseJson, recordOf } from "../formats/json-file.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import { decodeLevels } from "../view/levels.ts";

/** @throws AppError malformed_profile */
export function readFlamebearer(bytes: Uint8Array, name: string, limits: Limits): ShareGraph {
  const file = recordOf(parseJson(bytes, "flamebearer", limits), "flamebearer: file");
  const { metadata, flamebearer: tree, leftTicks, rightTicks } = file;
  const flamebearer = recordOf(tree ?? file, "flamebearer: the tree");
  const { levels } = flamebearer;
  requireFewNodes(levels, limits);
  const said = defined(recordOf(metadata ?? {}, "flamebearer: metadata"));
  const { name: saidName } = said;
  // Old files say these beside the tree.
  const { format = "single", units = "samples", sampleRate = 100, spyName = "" } = { ...defined(flamebearer), ...said };
  const read = ShareGraph.safeParse({
    label: "",
    flamebearer: { ...defined({ leftTicks, rightTicks }), ...flamebearer },
    metadata: { format, units, sampleRate, spyName, name: saidName || name },
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
