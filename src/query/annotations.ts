// What stands on timelines beside their values: times in which stacks were left out, and remarks on the question's apps,
// whichever of their names the author used.
import type { Annotation } from "../api/annotations.ts";
import { oldNamesOf } from "../profile/old-names.ts";
import type { Range } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import type { ResolvedQuery } from "./resolve.ts";
import { shedTimesOf } from "./select.ts";

/** What a timeline is marked with. One call after the other: the reads of segments go on meanwhile, and connections are few. */
export async function marksOf(ports: QueryPorts, query: ResolvedQuery, range: Range) {
  const shed = await shedTimesOf(ports, query, range);
  return { shed, annotations: await annotationsOf(ports, query, range) };
}

export const NO_MARKS: Awaited<ReturnType<typeof marksOf>> = { shed: [], annotations: [] };

/** By time. */
async function annotationsOf(ports: QueryPorts, query: ResolvedQuery, range: Range): Promise<Annotation[]> {
  const { app } = query.selector;
  const names = query.targets.flatMap((target) => [
    target.app.service,
    ...oldNamesOf(target.app.service, target.app.types).map(({ name }) => name),
  ]);
  // One that was remarked on before its first upload is known by the name in the question.
  const all = [...new Set(app.kind === "old" ? [app.name, ...names] : names)];
  if (all.length === 0) return [];
  return (await ports.catalog.annotations(ports.tenant, all, range)).toReversed();
}
