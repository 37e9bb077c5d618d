// Remarks on what a question is about: those on its apps, whichever of their names the author used.
import type { Annotation } from "../api/annotations.ts";
import { oldNamesOf } from "../profile/old-names.ts";
import type { Range } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import type { ResolvedQuery } from "./resolve.ts";

/** By time. */
export async function annotationsOf(ports: QueryPorts, query: ResolvedQuery, range: Range): Promise<Annotation[]> {
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
