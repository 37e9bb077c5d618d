// Asks the live objects of an app, and makes their answers and the catalog's rows fit: every upload is then in one of them, once.
//
//   object behind the catalog   a row holds parts that the object still answers with: it is asked to finish, and again
//   catalog behind the object   the object has handed parts over that the read did not see: the catalog is read again, newer
import type { LiveAnswer, LiveQuery } from "../aggregate/live-protocol.ts";
import { AppError } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { CatalogApp } from "../storage/catalog-reads.ts";
import type { CatalogPlan, CatalogSegment, PlanNeed } from "../storage/plan-reads.ts";
import { knownDictionary, readStretches } from "./dictionaries.ts";
import type { QueryPorts } from "./ports.ts";

/** What is asked of every live object; each is told apart what of its dictionary is known. */
export type LiveWish = Omit<LiveQuery, "known">;

export interface LiveShard {
  /** What the answer goes on from: held, because the cache may drop it in the meantime. */
  readonly held: { readonly epoch: number; readonly dictionary: StackDictionary } | null;
  readonly shard: number;
  readonly answer: LiveAnswer;
}

/** A picture of the app in which every part is on one side. */
export interface Picture {
  readonly plan: CatalogPlan;
  readonly live: readonly LiveShard[];
  /** Rows without the parts that live answers hold. */
  readonly segments: readonly CatalogSegment[];
}

/** Each reads up to two stretches at once, of the six calls that may be open. */
const SHARDS_AT_ONCE = 3;
/** Two tries are the rule when a seal passes by; more mean that something is stuck. */
const MOST_TRIES = 4;

/** @throws AppError unavailable when catalog and objects do not come together */
export async function takePicture(
  ports: QueryPorts,
  app: CatalogApp,
  need: PlanNeed,
  wish: LiveWish,
): Promise<Picture> {
  let bookmark: string | null = null;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    let plan: CatalogPlan = await ports.catalog.plan(app.appId, need, bookmark);
    const asked = plan;
    const holders = plan.shards.filter((shard) => shard.live);
    const live = await concurrently(holders, SHARDS_AT_ONCE, ({ shard }) => askLive(ports, app, shard, wish, asked));
    const newer = live.find((one) => isBehind(plan, one));
    if (newer !== undefined) {
      bookmark = newer.answer.bookmark;
      plan = await ports.catalog.plan(app.appId, need, bookmark);
      if (live.some((one) => isBehind(plan, one))) continue;
    }
    const unsettled = live.filter(({ shard, answer }) => mergedThrough(plan, shard) > answer.sealedThrough);
    if (unsettled.length === 0) return { plan, live, segments: withoutLive(plan.segments, live) };
    await concurrently(unsettled, SHARDS_AT_ONCE, ({ shard }) => ports.settle(app.service, shard));
  }
  throw new AppError("unavailable", "catalog and objects of the app do not agree yet; try again", {
    retryAfterSeconds: 1,
  });
}

const isBehind = ({ shards }: CatalogPlan, { shard, answer }: LiveShard): boolean =>
  answer.sealedThrough > (shards.find((row) => row.shard === shard)?.lastPart ?? 0);

const mergedThrough = ({ segments }: CatalogPlan, shard: number): number =>
  segments.reduce((part, { covers }) => Math.max(part, covers?.get(shard) ?? 0), 0);

function withoutLive(segments: readonly CatalogSegment[], live: readonly LiveShard[]): CatalogSegment[] {
  const sealedThrough = new Map(live.map(({ shard, answer }) => [shard, answer.sealedThrough]));
  return segments.filter(
    ({ covers, shard, part }) => covers !== null || part <= (sealedThrough.get(shard) ?? Number.POSITIVE_INFINITY),
  );
}

async function askLive(
  ports: QueryPorts,
  app: CatalogApp,
  shard: number,
  wish: LiveWish,
  plan: CatalogPlan,
): Promise<LiveShard> {
  let held: LiveShard["held"] = null;
  if (wish.tree) {
    // What is sealed is read from R2, where it is cached; the object then gives only what is newer.
    const stretches = plan.stretches.filter((row) => row.shard === shard);
    const epoch = stretches.reduce((newest, row) => Math.max(newest, row.epoch), 1);
    const dictionary = knownDictionary(ports.tenant, app.appId, shard, epoch);
    await readStretches(
      ports,
      dictionary,
      stretches.filter((row) => row.epoch === epoch),
    );
    held = { epoch, dictionary };
  }
  const known = held === null ? null : { epoch: held.epoch, size: held.dictionary.size };
  const answer = await ports.readLive(app.service, shard, { ...wish, known });
  return { shard, answer, held };
}
