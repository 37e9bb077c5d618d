// The work over an object's rows, a step at a time: roll up what a minute and ten minutes have completed, seal hours.
import type { Clock } from "../lib/clock.ts";
import { planStretch } from "../segment/stretch.ts";
import type { AppIdentity, CatalogWrites } from "../storage/catalog-writes.ts";
import type { SegmentStore } from "../storage/segment-store.ts";
import type { LiveState } from "./live-state.ts";
import type { MetaStore } from "./object-meta.ts";
import type { ObjectTables } from "./object-tables.ts";
import { dueRollUps, rollUp } from "./roll-up.ts";
import { carryOutSeal, type SealPlan, withParts } from "./seal.ts";
import { hoursToSeal, sealJitter } from "./seal-schedule.ts";

/** Nodes rolled up before others get their turn: about 20 ms of work. */
const NODES_PER_TURN = 16;

export interface LadderContext {
  readonly tables: ObjectTables;
  readonly meta: MetaStore;
  readonly clock: Clock;
  readonly catalog: CatalogWrites;
  readonly store: SegmentStore;
  loaded(): LiveState;
  /** Runs `act` in one transaction; when it throws, the heap is read anew. */
  change(act: (state: LiveState) => void): void;
  /** The heap may be ahead of the rows, or behind: it is read anew. */
  forget(): void;
  foldAll(): void;
}

export interface LadderWork {
  rollUpDue(): Promise<void>;
  /** Seals the hours that are due and may go together. @returns whether there were any */
  sealSome(): Promise<boolean>;
  /**
   * Seals all that is live, open hours too, and begins a new epoch: nothing of before is here any more.
   * @returns false when so much came meanwhile that it gave up
   */
  flush(): Promise<boolean>;
  /** While it flushes, what waits must not be folded: it belongs to the next epoch. */
  readonly isFlushing: boolean;
}

export function ladderWork(context: LadderContext): LadderWork {
  let isFlushing = false;
  return {
    rollUpDue: () => rollUpDue(context),
    sealSome: () => sealSome(context, isFlushing),
    async flush() {
      context.foldAll();
      isFlushing = true;
      try {
        // One part after the other; the last look, which finds nothing left, begins the epoch. A plan may have been under way.
        let rounds = context.tables.openHours().length + 1;
        // A question that comes meanwhile folds what waits: then there is one hour more to seal.
        while (await sealSome(context, true)) if (rounds-- === 0) return false;
        return true;
      } finally {
        isFlushing = false;
      }
    },
    get isFlushing() {
      return isFlushing;
    },
  };
}

/** A backfill makes thousands of nodes at once: others get their turn in between. */
async function rollUpDue(context: LadderContext): Promise<void> {
  const { tables } = context;
  const now = context.clock();
  for (let due = dueRollUps(tables, now); due.length > 0; due = dueRollUps(tables, now)) {
    for (const node of due.slice(0, NODES_PER_TURN)) rollUpNode(context, node);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** In one go: what the seal of an hour needs. */
function rollUpHour(context: LadderContext, hour: number): void {
  const { tables } = context;
  const end = Number.POSITIVE_INFINITY;
  for (let due = dueRollUps(tables, end, hour); due.length > 0; due = dueRollUps(tables, end, hour)) {
    for (const node of due) rollUpNode(context, node);
  }
}

function rollUpNode({ tables, change, clock }: LadderContext, node: { from: number; to: number; start: number }): void {
  change((state) => rollUp(tables, state, node, Math.floor(clock())));
}

async function sealSome(context: LadderContext, isFlushing: boolean): Promise<boolean> {
  const { tables, meta, store, catalog } = context;
  const { identity, shard, sealing } = meta.read();
  if (identity === null) return false;
  const plan = sealing === null ? freeze(context, identity, isFlushing) : withParts(sealing);
  if (plan === null) return false;
  const key = { ...identity, shard };
  const state = context.loaded();
  const sealContext = { tables, state, key, store, catalog, sealed: meta.read().stretches, now: context.clock() };
  const { sealed, bookmark } = await carryOutSeal(sealContext, plan).catch((error: unknown) => {
    context.forget(); // its accumulator may hold half a sum
    meta.write({ sealFailures: meta.read().sealFailures + 1 });
    throw error;
  });
  const { lastHour, lateParts, sealedThrough } = meta.read();
  const late = plan.parts.filter(({ hour }) => lastHour !== null && hour <= lastHour).length;
  context.change(() => {
    for (const { part } of plan.parts) tables.deletePart(part);
    meta.write({
      sealing: null,
      sealedThrough: Math.max(sealedThrough, ...plan.parts.map(({ part }) => part)),
      stretches: sealed,
      bookmark,
      lastHour: Math.max(lastHour ?? 0, ...plan.parts.map(({ hour }) => hour)),
      lateParts: lateParts + late,
    });
  });
  return true;
}

/** Chooses hours, completes their ladder and fixes what the seal will contain, in one transaction at the end. */
function freeze(context: LadderContext, identity: AppIdentity, isFlushing: boolean): SealPlan | null {
  const { tables, meta } = context;
  // What waits brings its own dictionary: when this one is full it goes to the next, or this one would never end.
  const rotate = isFlushing || context.loaded().isFull;
  if (!rotate) context.foldAll();
  const hours = hoursToSeal(tables.openHours(), context.clock(), sealJitter(identity.appId), rotate);
  if (hours.length === 0) {
    if (rotate && !tables.hasChunks()) beginEpoch(context);
    return null;
  }
  for (const hour of hours) rollUpHour(context, hour);
  const { sealedThrough, epoch, stretches } = meta.read();
  const stretch = planStretch(stretches, context.loaded().dictionary.size);
  const plan: SealPlan = { parts: hours.map((hour, i) => ({ part: sealedThrough + 1 + i, hour })), epoch, stretch };
  context.change(() => {
    for (const { part, hour } of plan.parts) tables.freezeHour(hour, part);
    meta.write({ sealing: plan });
  });
  return plan;
}

/** Nothing live refers to the dictionary: the next upload begins a new one. */
function beginEpoch({ tables, meta, change, forget }: LadderContext): void {
  change(() => {
    tables.clearDictionary();
    tables.clearSeries();
    meta.write({ epoch: meta.read().epoch + 1, stretches: [] });
  });
  forget();
}
