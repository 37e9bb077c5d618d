// AnalyzeQuery: what a question would touch, from catalog, heads and directories; no stacks are read.
//
//   Short term storage   objects that hold what is not sealed yet: series and profiles; their bytes nobody counts
//   Long term storage    services with segments over the range: segments are its blocks, heads its index, dictionaries its symbols
//
// Bytes are those of whole objects. Samples are not known without reading stacks.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AnalyzeQueryRequest, AnalyzeQueryResponseSchema } from "../../connect/gen/querier/v1/querier_pb.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { labelKey } from "../../profile/labels.ts";
import type { Matcher } from "../../profile/matcher.ts";
import { parsePromSelector } from "../../profile/promql.ts";
import { requireShortQuery } from "../../profile/query-length.ts";
import type { SeriesSums } from "../../segment/rung-read.ts";
import type { CatalogApp } from "../../storage/catalog-reads.ts";
import type { Range } from "../params.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { type RangeAnswer, readRange } from "../read-range.ts";
import { requireFewTargets } from "../resolve.ts";
import { APPS_AT_ONCE } from "../select.ts";
import { type Chosen, chooseBy, rangeOf } from "./scope.ts";

type Analysis = MessageInitShape<typeof AnalyzeQueryResponseSchema>;

interface Scope {
  components: number;
  blocks: number;
  readonly series: Set<string>;
  profiles: number;
  indexBytes: number;
  profileBytes: number;
  symbolBytes: number;
}

const newScope = (): Scope => ({
  components: 0,
  blocks: 0,
  series: new Set(),
  profiles: 0,
  indexBytes: 0,
  profileBytes: 0,
  symbolBytes: 0,
});

/** Without a range there is nothing to say, as upstream. */
export async function analyzeQuery(ports: QueryPorts, request: AnalyzeQueryRequest): Promise<Analysis> {
  if (request.start === 0n || request.end === 0n) return {};
  const range = rangeOf(ports, request);
  const chosen = await chooseBy(ports, matchersOf(request.query), null);
  const apps = new Set(chosen.targets.map(({ app }) => app));
  requireFewTargets([...apps]);
  const short = newScope();
  const long = newScope();
  await concurrently([...apps], APPS_AT_ONCE, (app) => addApp(ports, chosen, app, range, { short, long }));
  return {
    queryScopes: [scopeOf("Short term storage", short), scopeOf("Long term storage", long)],
    queryImpact: {
      totalBytesInTimeRange: BigInt(long.indexBytes + long.profileBytes + long.symbolBytes),
      totalQueriedSeries: BigInt(new Set([...short.series, ...long.series]).size),
      // Every upload is seen in one place.
      deduplicationNeeded: false,
    },
  };
}

/** The metric's name is a profile type here, as upstream has it; one without colons is the name of a type's family. */
function matchersOf(query: string): readonly Matcher[] {
  requireShortQuery([query]);
  if (query === "") return [];
  const { name, matchers } = parsePromSelector(query);
  if (name === null) return matchers;
  const label = name.includes(":") ? "__profile_type__" : "__name__";
  return [...matchers, { name: label, op: "=", value: name, anchored: true }];
}

async function addApp(
  ports: QueryPorts,
  { targets, matchers }: Chosen,
  app: CatalogApp,
  range: Range,
  { short, long }: { readonly short: Scope; readonly long: Scope },
): Promise<void> {
  const types = new Set(targets.filter((target) => target.app === app).map(({ type }) => type.id));
  const covered = coveredRange(range, [app]);
  const timeline = { ...covered, rung: 0, keep: [] };
  const { series, sources } = await readRange(ports, app, {
    ...covered,
    typeId: null,
    matchers,
    tree: false,
    timeline,
  });
  const live = new Set(sources.live.flatMap(({ answer }) => answer.series));
  const own = (items: Iterable<SeriesSums>) => [...items].filter(({ typeId }) => types.has(typeId));
  short.components += sources.live.length;
  addSeries(short, app, own(live));
  // Of hundreds of thousands of series what is live is added to what is sealed, and then stands under both.
  addSeries(
    long,
    app,
    own(series).filter((one) => !live.has(one)),
  );
  long.components += sources.segments.length > 0 ? 1 : 0;
  addObjects(long, sources);
}

function addSeries(scope: Scope, { appId }: CatalogApp, items: readonly SeriesSums[]): void {
  for (const { typeId, labels, uploads } of items) {
    scope.series.add(JSON.stringify([appId, typeId, labelKey(labels)]));
    for (const count of uploads) scope.profiles += count;
  }
}

function addObjects(scope: Scope, { segments, stretches }: RangeAnswer["sources"]): void {
  scope.blocks += segments.length;
  for (const { objectBytes, headLength } of segments) {
    scope.indexBytes += headLength;
    scope.profileBytes += objectBytes - headLength;
  }
  const dictionaries = new Set(segments.map(({ dictShard, epoch }) => `${dictShard}/${epoch}`));
  for (const { shard, epoch, objectBytes } of stretches)
    if (dictionaries.has(`${shard}/${epoch}`)) scope.symbolBytes += objectBytes;
}

const scopeOf = (componentType: string, scope: Scope) => ({
  componentType,
  componentCount: BigInt(scope.components),
  blockCount: BigInt(scope.blocks),
  seriesCount: BigInt(scope.series.size),
  profileCount: BigInt(scope.profiles),
  indexBytes: BigInt(scope.indexBytes),
  profileBytes: BigInt(scope.profileBytes),
  symbolBytes: BigInt(scope.symbolBytes),
});
