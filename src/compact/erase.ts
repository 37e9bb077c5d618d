// A deletion's work on segments, inside the app's compactor: first merged days that an edge cuts are brought up to date, then
// range and epoch are fixed, then row by row is rewritten. What is done stays done: each call goes on where the last one stopped.

import { DAY_SECONDS } from "../config.ts";
import { END_OF_TIME } from "../lib/time-form.ts";
import { compileMatchers } from "../profile/matcher.ts";
import { splitSpan } from "../profile/spans.ts";
import { keptRange } from "../segment/kept-grid.ts";
import { floorTo } from "../segment/ladder.ts";
import type { SeriesIdentity } from "../segment/segment-writer.ts";
import { advance, type DeletionRow, readDeletion } from "../storage/deletions.ts";
import { commitScope, type RewriteScope, readScope } from "../storage/rewrite-catalog.ts";
import { forgetLabels, namesOf } from "./erase-names.ts";
import { rewriteSome } from "./erase-rows.ts";
import { type MergePorts, mergeStep } from "./merge-step.ts";

export type ErasePorts = MergePorts & { readonly database: D1Database };

/** Requests of one call after which no act is begun, however fast they are: a call may make a thousand. The pusher calls again. */
const MOST_REQUESTS = 600;
/** What acts take, about: a step of merging, a rewritten row with what is read for it, some labels, and each besides. */
const REQUESTS = { merge: 100, row: 8, names: 30, act: 5 } as const;

/** @param untilMs milliseconds since 1970 after which nothing new is begun */
export async function eraseSome(ports: ErasePorts, id: number, untilMs: number): Promise<void> {
  for (let requests = 0; requests < MOST_REQUESTS && Date.now() <= untilMs; requests += REQUESTS.act) {
    const row = await readDeletion(ports.database, id);
    if (row === null) return;
    if (row.state === "merge") requests += (await settle(ports, row)) ? REQUESTS.merge : 0;
    else if (row.state === "rewrite") requests += REQUESTS.row * (await rewrite(ports, row));
    else if (row.state === "names" && namesOf(row).dropped !== null) {
      await forgetLabels(ports, row);
      requests += REQUESTS.names;
    } else return;
  }
}

/** Brings merged days at the edges up to date, and once they are, fixes what the rewriting goes by. @returns whether it merged */
async function settle(ports: ErasePorts, row: DeletionRow): Promise<boolean> {
  const { database } = ports;
  const { horizons } = row.progress as Pick<RewriteScope, "horizons">;
  const asked = { from: row.from ?? 0, until: row.until ?? END_OF_TIME };
  const days = [asked.from, asked.until].map((edge) => floorTo(DAY_SECONDS, edge));
  const snapshot = await readScope(database, row.appId, row.from === null && row.until === null ? [] : days);
  if (snapshot === null) {
    await advance(database, row, { state: "purge" }).run();
    return false;
  }
  const [job] = snapshot.jobs;
  if (job !== undefined) {
    await mergeStep(ports, row, job);
    return true;
  }
  const covered = keptRange(asked, snapshot.dropped);
  const scope: RewriteScope = {
    horizons: withCovered(horizons, snapshot.covered),
    epoch: snapshot.mergeSeq + 1,
    from: row.from === null ? 0 : covered.from,
    until: row.until === null ? END_OF_TIME : covered.until,
  };
  const advanced = advance(database, row, {
    state: "rewrite",
    progress: { ...(row.progress as object), ...scope },
    from: row.from === null ? null : scope.from,
    until: row.until === null ? null : scope.until,
  });
  const now = Math.floor(ports.clock());
  await commitScope(database, { appId: row.appId, mergeSeq: snapshot.mergeSeq, now }, advanced);
  return false;
}

/**
 * What a merge that was under way took in after the flush can't be told apart in the merged row any more: then hours of those
 * parts are rewritten as well, so that all rungs go on saying the same.
 */
function withCovered(horizons: RewriteScope["horizons"], covered: ReadonlyMap<string, number>): Record<string, number> {
  const raised: Record<string, number> = { ...horizons };
  for (const [shard, part] of covered) raised[shard] = Math.max(raised[shard] ?? 0, part);
  return raised;
}

/** @returns how many rows it wrote anew */
async function rewrite(ports: ErasePorts, row: DeletionRow): Promise<number> {
  const scope = row.progress as RewriteScope;
  const done = await rewriteSome(ports, row, { ...scope, means: meaningOf(row) });
  if (done !== null && done > 0) return done;
  ports.dictionaries.clear();
  await advance(ports.database, row, { state: done === null ? "purge" : "names" }).run();
  return 0;
}

/** A span's row is its series', whichever span it is (decision 0024). */
function meaningOf({ choice, service }: DeletionRow): ((series: SeriesIdentity) => boolean) | null {
  if (choice === null) return null;
  const accepts = compileMatchers(choice.matchers);
  const types = choice.typeIds === null ? null : new Set(choice.typeIds);
  return ({ typeId, labels }) => (types === null || types.has(typeId)) && accepts(splitSpan(labels).series, service);
}
