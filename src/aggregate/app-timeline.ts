// AppTimeline: one object per (tenant, app, shard). It owns what is not sealed yet (the live hour), the
// app's stack dictionary and the numbering of parts.
//
// An upload is acknowledged when its bytes are a row. Everything else is done over rows, in steps that
// are one transaction each, so that an eviction or a crash between any two of them loses and repeats
// nothing: fold (waiting → 10 s chunks), roll up (→ 1 min → 10 min), seal (→ R2 and the catalog).
// What is kept on the heap is a cache of rows (live-state.ts).
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { encodeDictionary } from "../profile/dictionary-codec.ts";
import type { ShardMap } from "../segment/shard-map.ts";
import { d1CatalogWrites } from "../storage/catalog-writes.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { d1ShardMaps } from "../storage/shard-maps.ts";
import { type AlarmClock, alarmClock } from "./alarm-clock.ts";
import { type Arrivals, arrivals } from "./arrivals.ts";
import { type Commit, commitQueue } from "./commit-queue.ts";
import { door } from "./door.ts";
import { foldPending } from "./fold-pending.ts";
import { type LadderWork, ladderWork } from "./ladder-work.ts";
import type * as live from "./live-protocol.ts";
import { readLive } from "./live-read.ts";
import { type LiveState, loadLiveState } from "./live-state.ts";
import { FOLD_SECONDS, nextDue, TURN_SECONDS } from "./next-due.ts";
import { type MetaStore, objectMeta } from "./object-meta.ts";
import { timelineObject } from "./object-name.ts";
import { type ObjectTables, objectTables } from "./object-tables.ts";
import { catalogPresence, type Presence } from "./presence.ts";
import { orRefusal } from "./refusal.ts";
import { type ShardRole, shardingLimits, shardRole } from "./shard-role.ts";
import { type ShedMarks, shedMarks } from "./shed-marks.ts";
import { meteredGate } from "./tenant-meter.ts";
import { type UploadIds, uploadIds } from "./upload-ids.ts";
import { workTurns } from "./work-turns.ts";

/** Uploads and bytes that may wait for the alarm; beyond, they are folded at once. */
const FOLD_UPLOADS = 64;
const FOLD_BYTES = 1024 * 1024;
const NOTHING_WAITS = { uploads: 0, bytes: 0 };
/** Seals in one alarm; more are for the next, which follows at once. With 24 hours each it stays below 1000 statements to D1. */
const MOST_SEALS = 8;

export class AppTimeline extends DurableObject<Env> {
  readonly #tables: ObjectTables;
  readonly #meta: MetaStore;
  readonly #clock: Clock;
  readonly #presence: Presence;
  #ids: UploadIds;
  readonly #arrivals: Arrivals;
  readonly #ladder: LadderWork;
  readonly #role: ShardRole;
  #state: LiveState | null = null;
  readonly #marks: ShedMarks;
  readonly #door = door();
  #waits: typeof NOTHING_WAITS;
  readonly #turns = workTurns(() => this.#armNext());
  readonly #alarm: AlarmClock;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#tables = objectTables(ctx.storage.sql);
    // What waited before this object's restart is not counted again: the first commit folds it.
    this.#waits = this.#tables.hasWaiting() ? { uploads: FOLD_UPLOADS, bytes: 0 } : NOTHING_WAITS;
    this.#meta = objectMeta(this.#tables);
    this.#clock = systemClock(clockOffset(env));
    this.#alarm = alarmClock(ctx.storage, this.#clock);
    ctx.blockConcurrencyWhile(async () => this.#alarm.learn(await ctx.storage.getAlarm()));
    const catalog = d1CatalogWrites(env.CATALOG);
    this.#presence = catalogPresence(this.#meta, catalog, this.#clock);
    this.#ids = this.#loadIds();
    this.#ladder = ladderWork({
      tables: this.#tables,
      meta: this.#meta,
      clock: this.#clock,
      catalog,
      store: r2SegmentStore(env.SEGMENTS),
      loaded: () => this.#loaded(),
      change: (act) => this.#change(act),
      forget: () => {
        this.#state = null;
      },
      foldAll: () => this.#foldAll(),
    });
    this.#role = shardRole({
      meta: this.#meta,
      clock: this.#clock,
      maps: d1ShardMaps(env.CATALOG),
      limits: shardingLimits(env),
      peer: (shard) => {
        const { tenant, service } = this.#meta.read();
        return timelineObject(env, tenant, service, shard);
      },
      wake: () => this.#alarm.arm(this.#clock() + TURN_SECONDS),
    });
    this.#marks = shedMarks(this.#tables, this.#meta, env.CATALOG);
    this.#arrivals = arrivals({
      meta: this.#meta,
      clock: this.#clock,
      presence: this.#presence,
      role: this.#role,
      admit: meteredGate(env, this.#meta, this.#clock),
      isRemembered: (id) => this.#ids.has(id, this.#clock()),
      commit: commitQueue(
        (commit) => this.#commitGroup(commit),
        () => this.#afterCommit(),
      ),
    });
  }

  /** Takes one upload. Returns when it is durable, by this attempt or by an earlier one. */
  append(request: live.AppendRequest): Promise<live.AppendAnswer | live.LiveRefusal> {
    return orRefusal(() => this.#door.through(() => this.#arrivals.append(request)));
  }

  /** Takes the uploads of a batch that were not stored before. Returns when all are durable. */
  appendMany(request: live.AppendManyRequest): Promise<live.AppendManyAnswer | live.LiveRefusal> {
    return orRefusal(() => this.#door.through(() => this.#arrivals.appendMany(request)));
  }

  /** Which uploads were stored here. From now on none is that goes by an older map. */
  forgo(request: live.ForgoRequest): Promise<live.ForgoAnswer> {
    return this.#arrivals.forgo(request);
  }

  /** The home tells of a new map. @param appId whose it is; null: not known */
  adopt(map: ShardMap, appId: number | null = null): Promise<void> {
    return this.#door.through(() => this.#role.adopt(map, appId));
  }

  /** The app is to be deleted: its map changes no more. @returns how many objects it may have */
  retire(appId: number): Promise<number> {
    return this.#door.through(() => this.#role.retire(appId));
  }

  /** A shard asks the home for a wider map than `version`. */
  grow(version: number): Promise<void> {
    return this.#door.through(() => this.#role.grow(version));
  }

  isCalm(): Promise<boolean> {
    return this.#role.isCalm();
  }

  /** Sums over what is live in a range; folds what is pending first, so that an acknowledged upload is seen. */
  read(query: live.LiveQuery): Promise<live.LiveAnswer | live.LiveRefusal> {
    return orRefusal(() => this.#read(query));
  }

  #read(query: live.LiveQuery): live.LiveAnswer {
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

  /** Everything goes, if the object works for this app. Uploads wait meanwhile, and then begin a new one. */
  wipe(appId: number): Promise<void> {
    return this.#door.closedFor(() => this.#turns.alone(() => this.#empty(appId)));
  }

  async #empty(appId: number): Promise<void> {
    const { identity, mapFor } = this.#meta.read();
    // A second call must not take what came after the first.
    if ((identity?.appId ?? mapFor) !== appId) return;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    objectTables(this.ctx.storage.sql); // makes the tables again: what reads and writes them stays as it is
    this.#meta.forget();
    this.#tables.forgetPlaces();
    this.#ids = this.#loadIds();
    this.#state = null;
    this.#waits = NOTHING_WAITS;
    this.#alarm.forget();
  }

  /** Hands all that came before over to segments; afterwards the object holds no name of it. For deletion. */
  async flush(): Promise<live.Flushed> {
    const flush = () => this.#turns.alone(() => this.#ladder.flush());
    // Uploads and questions that keep coming leave something to seal each time: the rest is done with the uploads outside.
    if (!(await flush())) await this.#door.closedFor(async () => void (await flush()));
    this.#tables.clearFolded("all");
    // Types are announced again by the uploads that bring them.
    this.#meta.write({ types: {} });
    const { sealedThrough, epoch } = this.#meta.read();
    return { part: sealedThrough, epoch };
  }

  /** Profile types of what came since it was flushed. */
  typesSinceFlush(): string[] {
    this.#foldAll();
    const ofSeries = [...this.#loaded().allSeries()].map(({ typeId }) => typeId);
    return [...new Set([...Object.keys(this.#meta.read().types), ...ofSeries])];
  }

  #loadIds(): UploadIds {
    return uploadIds(this.#tables, (act) => this.ctx.storage.transactionSync(act));
  }

  /** Facts for the metrics. */
  stats(): live.ObjectStats {
    const { sealFailures, alarmFailures, lateParts, quarantined } = this.#meta.read();
    return { sealFailures, alarmFailures, lateParts, quarantined };
  }

  /** Does what is due. Called by cron for objects whose alarm might have been lost. */
  async tick(): Promise<void> {
    await this.#turns.run(() => this.#doWork());
  }

  override async alarm(): Promise<void> {
    this.#alarm.forget();
    try {
      await this.#turns.run(() => this.#doWork());
    } catch (error) {
      // The platform gives up after six failures: the next alarm is set in any case (#armNext), and this one ends well.
      this.#meta.write({ alarmFailures: this.#meta.read().alarmFailures + 1 });
      logEvent("alarm_failed", { message: messageOf(error) });
    }
  }

  #commitGroup({ group, uploads, ids }: Commit): void {
    try {
      this.ctx.storage.transactionSync(() => this.#tables.insertWaiting(group));
    } catch (error) {
      // It may have happened all the same.
      this.#tables.forgetPlaces();
      this.#ids.forget();
      throw error;
    }
    this.#ids.learn(ids, this.#clock());
    this.#waits = { uploads: this.#waits.uploads + uploads, bytes: this.#waits.bytes + group.length };
  }

  #afterCommit(): void {
    this.#alarm.arm(this.#clock() + FOLD_SECONDS); // first: what is due below may fail, and must then be tried again
    const due = this.#waits.uploads >= FOLD_UPLOADS || this.#waits.bytes >= FOLD_BYTES;
    if (due && !this.#loaded().isFull && !this.#ladder.isFlushing) this.#foldAll();
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
      this.#tables.forgetPlaces();
      throw error;
    }
  }

  #foldAll(): void {
    foldPending({
      tables: this.#tables,
      ids: this.#ids,
      now: Math.floor(this.#clock()),
      change: (act) => this.#change(act),
      meta: this.#meta,
      marks: this.#marks,
    });
    this.#waits = NOTHING_WAITS;
  }

  #armNext(): void {
    const due = nextDue(this.#tables, this.#meta, this.#marks, this.#clock());
    if (due !== null) this.#alarm.arm(due);
    else this.#alarm.disarm();
  }

  async #doWork(): Promise<void> {
    this.#foldAll();
    await this.#marks.tell();
    await this.#ladder.rollUpDue();
    let seals = 0;
    // Each hour is a part of its own; uploads go on between a seal's steps.
    while (seals < MOST_SEALS && (await this.#ladder.sealSome())) seals++;
    if (seals > 0) this.#tables.clearFolded("oldest");
    const isIdle = () => this.#door.inside === 0 && !this.#tables.hasWaiting() && !this.#tables.hasChunks();
    await this.#presence.rest(isIdle);
    if (isIdle()) this.#tables.clearFolded("all");
    this.#ids.tidy(this.#clock());
    await this.#role.work();
  }
}
