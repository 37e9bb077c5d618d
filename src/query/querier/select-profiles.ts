// Profiles by the ids that exemplars gave them (exemplars.ts): each is one series over one node.

import { QUESTION } from "../../config.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import type { LabelSet } from "../../profile/labels.ts";
import { labelValue } from "../../profile/labels.ts";
import type { Matcher } from "../../profile/matcher.ts";
import type { Range } from "../params.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { readRange } from "../read-range.ts";
import type { ResolvedQuery } from "../resolve.ts";
import { type Selection, select } from "../select.ts";
import { type ProfilePlace, placeOfProfile, requireFewProfiles } from "./exemplars.ts";

type Want = Parameters<typeof select>[3];

export async function selectProfiles(
  ports: QueryPorts,
  resolved: ResolvedQuery,
  { ids, range, want }: { ids: readonly string[]; range: Range; want: Want },
): Promise<Selection> {
  requireFewProfiles(ids);
  const places = [...new Set(ids.map((id) => id.toLowerCase()))].map(placeOfProfile);
  requireFewPlaces(places.length * resolved.targets.length);
  const found: Selection[] = [];
  for (const place of places) {
    if (place === null || place.until <= range.from || place.from >= range.until) continue;
    for (const target of resolved.targets) {
      const matchers = await matchersOf(ports, resolved, target, place);
      if (matchers === null) continue;
      const node = coveredRange({ from: place.from, until: place.until }, [target.app]);
      found.push(await select(ports, { ...resolved, targets: [target], matchers }, node, want));
    }
  }
  return {
    parts: found.flatMap(({ parts }) => parts),
    series: [],
    uploads: found.reduce((sum, { uploads }) => sum + uploads, 0),
    lastSlot: null,
    type: resolved.targets[0]?.type ?? null,
  };
}

/** An id doesn't say whose profile it is: each is looked for in every app. @throws AppError invalid_argument */
function requireFewPlaces(actual: number): void {
  const allowed = QUESTION.profilePlaces;
  if (actual <= allowed) return;
  throw invalidArgument(
    `profile_id_selector: at most ${allowed} pairs of an id and a service at once, not ${actual}; name the service`,
    { limit: "profilePlaces", actual, allowed },
  );
}

/** What only the profile's series fulfils, of those that are there; null when it is not. */
async function matchersOf(
  ports: QueryPorts,
  { matchers }: ResolvedQuery,
  { app, type }: ResolvedQuery["targets"][number],
  place: ProfilePlace,
): Promise<readonly Matcher[] | null> {
  const node = coveredRange({ from: place.from, until: place.until }, [app]);
  const timeline = { ...node, rung: 0, keep: [] };
  const { series } = await readRange(ports, app, { ...node, typeId: type.id, matchers, tree: false, timeline });
  const own = series.find(({ labels }) => place.isOf(app.service, labels))?.labels;
  if (own === undefined) return null;
  const names = new Set(series.flatMap(({ labels }) => labels.map(([name]) => name)));
  return [...names].map((name) => equals(own, name));
}

/** A label that a series lacks is the empty one. */
const equals = (labels: LabelSet, name: string): Matcher => ({
  name,
  op: "=",
  value: labelValue(labels, name) ?? "",
  anchored: true,
});
