// Folds what is pending, group after group, and puts aside what can't be folded: one bad upload must not keep all
// that came after it from ever being seen.
import { AppError } from "../lib/app-error.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { foldBatches } from "./fold.ts";
import type { LiveState } from "./live-state.ts";
import type { MetaStore } from "./object-meta.ts";
import type { ObjectTables } from "./object-tables.ts";
import type { ShedMarks } from "./shed-marks.ts";
import { joined } from "./sql-bytes.ts";
import { batchesOf, idsOf, isReadableGroup, shedSlotsOf } from "./upload-group.ts";
import type { UploadIds } from "./upload-ids.ts";

export interface FoldContext {
  readonly tables: ObjectTables;
  readonly ids: UploadIds;
  /** Unix seconds. */
  readonly now: number;
  /** Runs `act` in one transaction; when it throws, rows are as before and the heap is read anew. */
  change(act: (state: LiveState) => void): void;
  readonly meta: MetaStore;
  readonly marks: ShedMarks;
}

/** Groups are folded together up to this: the fewer folds, the fewer chunks. */
const FOLD_BYTES = 1024 * 1024;

export function foldPending(context: FoldContext): void {
  const { tables, ids, now, marks } = context;
  for (let next = tables.firstWaiting(FOLD_BYTES); next !== null; next = tables.firstWaiting(FOLD_BYTES)) {
    const { lastTurn, groups } = next;
    try {
      context.change((state) => {
        noteLeft(foldBatches(tables, state, batchesOfAll(groups), now));
        ids.keep(joined(groups.map(idsOf)), now);
        marks.keep(groups.flatMap(shedSlotsOf));
        tables.markFolded(lastTurn);
      });
    } catch (error) {
      // Storage that fails may have done it all the same: the rows say so, and what was read of them does not.
      if (!isOfItsBytes(error)) throw error;
      foldWithoutPoison(context, next, messageOf(error));
    }
  }
}

function noteLeft(spans: number): void {
  if (spans > 0) logEvent("spans_left_out", { spans });
}

function* batchesOfAll(groups: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const group of groups) yield* batchesOf(group);
}

/** Where it is the storage that fails, putting aside fails as well, and all is as before. */
function foldWithoutPoison(
  context: FoldContext,
  { lastTurn, groups }: { lastTurn: number; groups: readonly Uint8Array[] },
  reason: string,
): void {
  const { tables, ids, now, meta, marks } = context;
  const whole = groups.filter(isReadableGroup);
  const batches = [...batchesOfAll(whole)];
  const poison = new Set([...poisonOf(context, batches), ...groups.filter((group) => !whole.includes(group))]);
  context.change((state) => {
    for (const batch of batches) if (!poison.has(batch)) foldBatches(tables, state, [batch], now);
    for (const bytes of poison) tables.insertQuarantine(bytes);
    ids.keep(joined(whole.map(idsOf)), now);
    marks.keep(whole.flatMap(shedSlotsOf));
    tables.markFolded(lastTurn);
  });
  if (poison.size === 0) return;
  meta.write({ quarantined: meta.read().quarantined + poison.size });
  logEvent("uploads_quarantined", { uploads: poison.size, reason });
}

const ROLL_BACK = new Error("only tried");

/** Those that can't be folded even alone, found by halving. */
function poisonOf(context: FoldContext, batches: readonly Uint8Array[]): readonly Uint8Array[] {
  if (batches.length === 0 || canFold(context, batches)) return [];
  if (batches.length === 1) return batches;
  const middle = batches.length >> 1;
  return [...poisonOf(context, batches.slice(0, middle)), ...poisonOf(context, batches.slice(middle))];
}

function canFold({ tables, now, change }: FoldContext, batches: readonly Uint8Array[]): boolean {
  try {
    change((state) => {
      foldBatches(tables, state, batches, now);
      throw ROLL_BACK;
    });
  } catch (error) {
    if (error === ROLL_BACK) return true;
    if (!isOfItsBytes(error)) throw error;
  }
  return false;
}

/** What bytes can cause; anything else is the storage's failure, and says nothing of the upload. */
const isOfItsBytes = (error: unknown): boolean =>
  error instanceof AppError ||
  error instanceof RangeError ||
  error instanceof TypeError ||
  error instanceof SyntaxError;
