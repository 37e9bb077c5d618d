// AppTimeline: one object per (tenant, app, shard). It owns what is not sealed yet (the live hour), the
// app's stack dictionary and the numbering of parts.
//
// An upload is acknowledged when its bytes are a row. Everything else is done over rows, in steps that
// are one transaction each, so that an eviction or a crash between any two of them loses and repeats
// nothing: fold (pending → 10 s chunks), roll up (→ 1 min → 10 min), seal (→ R2 and the catalog).
// What is kept on the heap is a cache of rows (live-state.ts).
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { AppError } from "../lib/app-error.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import { encodeDictionary } from "../profile/dictionary-codec.ts";
import type { ShardKey } from "../segment/keys.ts";
import { planStretch } from "../segment/stretch.ts";
import { type AppIdentity, type CatalogWrites, d1CatalogWrites } from "../storage/catalog-writes.ts";
import { r2SegmentStore, type SegmentStore } from "../storage/segment-store.ts";
import { commitQueue } from "./commit-queue.ts";
import { foldGroup } from "./fold.ts";
import type { AppendRequest, LiveAnswer, LiveQuery, LiveRefusal, ObjectStats } from "./live-protocol.ts";
import { readLive } from "./live-read.ts";
import { type LiveState, loadLiveState } from "./live-state.ts";
import { type MetaStore, objectMeta } from "./object-meta.ts";
import { type ObjectTables, objectTables } from "./object-tables.ts";
import { catalogPresence, type Presence } from "./presence.ts";
import { dueRollUps, rollUp } from "./roll-up.ts";
import { carryOutSeal, type SealPlan } from "./seal.ts";
import { hourToSeal, sealJitter } from "./seal-schedule.ts";

/** Uploads and bytes that may wait for the alarm; beyond, they are folded at once. */
const FOLD_UPLOADS = 64;
const FOLD_BYTES = 1024 * 1024;
const ALARM_MS = 10_000;
/** Hours sealed in one alarm; more are for the next. */
const MOST_SEALS = 16;
/** Nodes rolled up before others get their turn: about 20 ms of work. */
const NODES_PER_TURN = 16;

export class AppTimeline extends DurableObject<Env> {
  readonly #tables: ObjectTables;
  readonly #meta: MetaStore;
  readonly #clock: Clock;
  readonly #catalog: CatalogWrites;
  readonly #store: SegmentStore;
  readonly #presence: Presence;
  /** Makes a batch durable, together with whatever waits. */
  readonly #commit: (batch: Uint8Array) => Promise<void>;
  #state: LiveState | null = null;
  /** Uploads between their announcement and their commit: while there are any, the object is not idle. */
  #arriving = 0;
  #pendingUploads = 0;
  #pendingBytes = 0;
  #working: Promise<void> | null = null;
  #alarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#tables = objectTables(ctx.storage.sql);
    this.#meta = objectMeta(this.#tables);
    this.#clock = systemClock(clockOffset(env));
    this.#catalog = d1CatalogWrites(env.CATALOG);
    this.#store = r2SegmentStore(env.SEGMENTS);
    this.#presence = catalogPresence(this.#meta, this.#catalog, this.#clock);
    this.#commit = commitQueue(
      (group, uploads) => {
        ctx.storage.transactionSync(() => this.#tables.insertPending(group));
        this.#pendingUploads += uploads;
        this.#pendingBytes += group.length;
      },
      () => this.#afterCommit(),
    );
  }

  /** Takes one upload. Returns when it is durable. */
  async append(request: AppendRequest): Promise<void> {
    this.#arriving++;
    try {
      await this.#presence.announce(request);
      await this.#commit(request.batch);
    } finally {
      this.#arriving--;
    }
  }

  /** Sums over what is live in a range; folds what is pending first, so that an acknowledged upload is seen. */
  async read(query: LiveQuery): Promise<LiveAnswer | LiveRefusal> {
    try {
      return this.#read(query);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { code, message, facts } = error;
      return { refused: { code, message, facts } };
    }
  }

  #read(query: LiveQuery): LiveAnswer {
    this.#foldAll();
    const state = this.#loaded();
    const { epoch, sealedThrough, bookmark, service } = this.#meta.read();
    const known = query.known?.epoch === epoch ? query.known.size : undefined;
    return {
      epoch,
      sealedThrough,
      bookmark,
      dictionary: query.tree ? encodeDictionary(state.dictionary, known) : null,
      ...readLive(this.#tables, state, service, query),
      lastSlot: this.#tables.lastSlot(),
    };
  }

  /** Facts for the metrics. */
  stats(): ObjectStats {
    const { sealFailures, alarmFailures, lateParts } = this.#meta.read();
    return { sealFailures, alarmFailures, lateParts };
  }

  /** Does what is due. Called by cron for objects whose alarm might have been lost. */
  async tick(): Promise<void> {
    await this.#work();
  }

  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    try {
      await this.#work();
    } catch (error) {
      // The platform gives up after six failures: the next alarm is set in any case (#work), and this one ends well.
      this.#meta.write({ alarmFailures: this.#meta.read().alarmFailures + 1 });
      console.log(
        JSON.stringify({ event: "alarm_failed", message: error instanceof Error ? error.message : String(error) }),
      );
    }
  }

  #afterCommit(): void {
    this.#armAlarm(); // first: what is due below may fail, and must then be tried again
    const due = this.#pendingUploads >= FOLD_UPLOADS || this.#pendingBytes >= FOLD_BYTES;
    if (due && !this.#loaded().isFull) this.#foldAll();
  }

  #armAlarm(): void {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    void this.ctx.storage.setAlarm(Date.now() + ALARM_MS);
  }

  #loaded(): LiveState {
    this.#state ??= loadLiveState(this.#tables);
    return this.#state;
  }

  /** One transaction; the heap is thrown away when it fails, because it may be ahead of the rows. */
  #change(act: (state: LiveState) => void): void {
    try {
      this.ctx.storage.transactionSync(() => act(this.#loaded()));
    } catch (error) {
      this.#state = null;
      throw error;
    }
  }

  #foldAll(): void {
    const now = Math.floor(this.#clock());
    for (let next = this.#tables.firstPending(); next !== null; next = this.#tables.firstPending()) {
      const { lastId, bytes } = next;
      this.#change((state) => {
        foldGroup(this.#tables, state, bytes, now);
        this.#tables.deletePendingThrough(lastId);
      });
    }
    this.#pendingUploads = 0;
    this.#pendingBytes = 0;
  }

  /** One worker at a time: an alarm, a tick and a cold start may all ask for it. */
  #work(): Promise<void> {
    this.#working ??= this.#doWork().finally(() => {
      this.#working = null;
      if (this.#tables.hasChunks() || this.#tables.hasPending()) this.#armAlarm();
    });
    return this.#working;
  }

  async #doWork(): Promise<void> {
    this.#foldAll();
    await this.#rollUpDue();
    for (let seals = 0; seals < MOST_SEALS && (await this.#sealOne()); seals++) {
      // Each seal is a part of its own; uploads go on between its steps.
    }
    const isIdle = () => this.#arriving === 0 && !this.#tables.hasPending() && !this.#tables.hasChunks();
    await this.#presence.rest(isIdle);
  }

  /** A backfill makes thousands of nodes at once: others get their turn in between. */
  async #rollUpDue(): Promise<void> {
    const now = this.#clock();
    for (let due = dueRollUps(this.#tables, now); due.length > 0; due = dueRollUps(this.#tables, now)) {
      for (const node of due.slice(0, NODES_PER_TURN)) this.#rollUp(node);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** In one go: what the seal of an hour needs. */
  #rollUpHour(hour: number): void {
    const end = Number.POSITIVE_INFINITY;
    for (let due = dueRollUps(this.#tables, end, hour); due.length > 0; due = dueRollUps(this.#tables, end, hour)) {
      for (const node of due) this.#rollUp(node);
    }
  }

  #rollUp(node: { from: number; to: number; start: number }): void {
    this.#change((state) => rollUp(this.#tables, state, node, Math.floor(this.#clock())));
  }

  /** @returns whether there was an hour to seal */
  async #sealOne(): Promise<boolean> {
    const { identity, shard, sealing } = this.#meta.read();
    if (identity === null) return false;
    const plan = sealing ?? this.#freeze(identity);
    if (plan === null) return false;
    const key: ShardKey = { ...identity, shard };
    const context = {
      tables: this.#tables,
      state: this.#loaded(),
      key,
      store: this.#store,
      catalog: this.#catalog,
      sealed: this.#meta.read().stretches,
      now: this.#clock(),
    };
    const { sealed, bookmark } = await carryOutSeal(context, plan).catch((error: unknown) => {
      this.#state = null; // its accumulator may hold half a sum
      this.#meta.write({ sealFailures: this.#meta.read().sealFailures + 1 });
      throw error;
    });
    const { lastHour, lateParts } = this.#meta.read();
    const late = lastHour !== null && plan.hour <= lastHour ? 1 : 0;
    this.ctx.storage.transactionSync(() => {
      this.#tables.deletePart(plan.part);
      this.#meta.write({
        sealing: null,
        sealedThrough: plan.part,
        stretches: sealed,
        bookmark,
        lastHour: Math.max(plan.hour, lastHour ?? 0),
        lateParts: lateParts + late,
      });
    });
    return true;
  }

  /** Chooses an hour, completes its ladder and fixes what the seal will contain, in one transaction at the end. */
  #freeze(identity: AppIdentity): SealPlan | null {
    // What waits brings its own dictionary: when this one is full it goes to the next, or this one would never end.
    const rotate = this.#loaded().isFull;
    if (!rotate) this.#foldAll();
    const state = this.#loaded();
    const hour = hourToSeal(this.#tables.openHours(), this.#clock(), sealJitter(identity.appId), rotate);
    if (hour === null) {
      if (rotate && !this.#tables.hasChunks()) this.#beginEpoch();
      return null;
    }
    this.#rollUpHour(hour);
    const { sealedThrough, epoch, stretches } = this.#meta.read();
    const part = sealedThrough + 1;
    const plan: SealPlan = { part, hour, epoch, stretch: planStretch(stretches, state.dictionary.size) };
    this.ctx.storage.transactionSync(() => {
      this.#tables.freezeHour(hour, part);
      this.#meta.write({ sealing: plan });
    });
    return plan;
  }

  /** Nothing live refers to the dictionary: the next upload begins a new one. */
  #beginEpoch(): void {
    this.ctx.storage.transactionSync(() => {
      this.#tables.clearDictionary();
      this.#tables.clearSeries();
      this.#meta.write({ epoch: this.#meta.read().epoch + 1, stretches: [] });
    });
    this.#state = null;
  }
}
