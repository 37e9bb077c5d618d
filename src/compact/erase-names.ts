// The names that a deletion within an app leaves behind: which labels and types its segments still have. First every segment's
// labels are marked, some segments to an act; then labels without a mark go, some thousands to an act. What the acts found so
// far stands in the deletion's progress, so that any of them may be the last of a call, or be done twice.
import { advance, type DeletionRow } from "../storage/deletions.ts";
import {
  dropUnmarked,
  FIRST_PLACE,
  type LabelPlace,
  type Looking,
  markLabels,
  noNames,
  noteSeries,
} from "../storage/remaining-names.ts";
import { segmentReads } from "../storage/segment-reads.ts";
import { segmentsWithHeads } from "../storage/segments-with-heads.ts";
import type { ErasePorts } from "./erase.ts";

export interface NamesProgress {
  /** The last segment whose labels are marked; null: all are. */
  readonly marked: number | null;
  /** Profile types that segments have. */
  readonly types: readonly string[];
  /** Up to where labels without a mark are gone; null: all are. */
  readonly dropped: LabelPlace | null;
}

/** What one act takes. Of marking: pages of rows, heads that are not in their rows, bytes of heads, characters of labels held. */
const ACT = { pages: 5, heads: 15, headBytes: 4_000_000, length: 8_000_000, dropped: 8, rows: 5000 } as const;
type Act = { readonly [what in keyof typeof ACT]: number };

export const namesOf = ({ progress }: DeletionRow): NamesProgress =>
  (progress as { names?: NamesProgress } | null)?.names ?? { marked: 0, types: [], dropped: FIRST_PLACE };

/** Some of it. To be called until `dropped` is null. */
export async function forgetLabels(
  ports: Pick<ErasePorts, "database" | "store">,
  row: DeletionRow,
  act: Act = ACT,
): Promise<void> {
  const names = namesOf(row);
  const looking = { appId: row.appId, deletion: row.id };
  const next =
    names.marked === null ? await dropSome(ports, looking, names, act) : await markSome(ports, looking, names, act);
  await advance(ports.database, row, { state: "names", progress: { ...(row.progress as object), names: next } }).run();
}

async function markSome(
  { database, store }: Pick<ErasePorts, "database" | "store">,
  looking: Looking,
  { marked, types, dropped }: NamesProgress,
  act: Act,
): Promise<NamesProgress> {
  const reads = segmentReads(store, null);
  const seen = new Set(types);
  const found = noNames();
  const write = async () => {
    await markLabels(database, looking, found.labels.values());
    for (const type of found.types) seen.add(type);
    found.types.clear();
    found.labels.clear();
    found.length = 0;
  };
  let after = marked ?? 0;
  let isLast = false;
  let isFull = false;
  let [pages, heads, bytes] = [0, 0, 0];
  while (!isLast && !isFull && pages++ < act.pages) {
    const rows = await segmentsWithHeads(database, looking.appId, after);
    isLast = rows.length === 0;
    for (const segment of rows) {
      isFull = bytes >= act.headBytes || (segment.head === null && heads++ === act.heads);
      if (isFull) break;
      bytes += segment.headLength;
      const head = await reads.head(segment);
      for (const { type, labels } of head.series) {
        noteSeries(found, { typeId: head.types[type] ?? "", labels }, segment);
        if (found.length > act.length) await write();
      }
      after = segment.id;
    }
  }
  await write();
  return { marked: isLast ? null : after, types: [...seen], dropped };
}

async function dropSome(
  { database }: Pick<ErasePorts, "database">,
  looking: Looking,
  names: NamesProgress,
  act: Act,
): Promise<NamesProgress> {
  let { dropped } = names;
  for (let pages = 0; pages < act.dropped && dropped !== null; pages++)
    dropped = await dropUnmarked(database, looking, dropped, act.rows);
  return { ...names, dropped };
}
