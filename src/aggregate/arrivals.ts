// Uploads as they come in: each once, by the newest map that the shard knows, durable before it is acknowledged.
import type { Clock } from "../lib/clock.ts";
import { idEntry } from "../lib/id-set.ts";
import { openBatch } from "../segment/batch.ts";
import { shedBatch } from "../segment/shed-batch.ts";
import { withoutUploads } from "../segment/without-uploads.ts";
import type { CommitUploads } from "./commit-queue.ts";
import type {
  AppendAnswer,
  AppendManyAnswer,
  AppendManyRequest,
  AppendRequest,
  ForgoAnswer,
  ForgoRequest,
  ShedFacts,
  UploadId,
} from "./live-protocol.ts";
import type { MetaStore } from "./object-meta.ts";
import type { Presence } from "./presence.ts";
import { type RateGate, rateLimited } from "./rate-gate.ts";
import type { ShardRole } from "./shard-role.ts";
import { joined } from "./sql-bytes.ts";
import { uploadOnce } from "./upload-once.ts";

export interface ArrivalContext {
  readonly meta: MetaStore;
  readonly clock: Clock;
  readonly presence: Presence;
  readonly role: ShardRole;
  readonly admit: RateGate["admit"];
  isRemembered(id: string): boolean;
  readonly commit: CommitUploads;
}

export interface Arrivals {
  append(request: AppendRequest): Promise<AppendAnswer>;
  appendMany(request: AppendManyRequest): Promise<AppendManyAnswer>;
  forgo(request: ForgoRequest): Promise<ForgoAnswer>;
}

export function arrivals(context: ArrivalContext): Arrivals {
  const { meta, clock, presence, role, admit, isRemembered, commit } = context;
  const once = uploadOnce(isRemembered);
  const mapChanged = () => ({ kind: "map changed", map: meta.read().map }) as const;
  const entriesOf = (ids: readonly UploadId[]): Uint8Array =>
    joined(ids.map(({ id, keepSeconds }) => idEntry(id, Math.ceil(clock() + keepSeconds))));
  /**
   * What is kept of a batch: all of it, or its totals while the tenant is over its rate; and which slots were shed.
   * @throws AppError rate_limited
   */
  const admitted = async (request: AppendRequest | AppendManyRequest, batch: Uint8Array, uploads: number) => {
    if ("isShed" in request && request.isShed) {
      return { batch, slots: openBatch(batch).uploads.map(({ slot }) => slot), shed: undefined };
    }
    const over = await admit([request.bytes ?? batch.length, uploads], request.terms);
    if (over === null) return { batch, slots: [], shed: undefined };
    if (request.terms?.overload === "reject") throw rateLimited(over);
    return { ...shedBatch(batch), shed: { ...over, uploads } };
  };
  return {
    async append(request) {
      const { ids, route } = request;
      let shed: ShedFacts | undefined;
      const mayStore = () => role.goesBy(request.map);
      const store = async () => {
        await presence.announce(request);
        const kept = await admitted(request, request.batch, 1);
        shed = kept.shed;
        await commit(kept.batch, entriesOf(ids), kept.slots);
        role.note([route], kept.batch.length);
      };
      const names = ids.map(({ id }) => id);
      const outcome = await once.run(names, mayStore, store);
      if (outcome === "refused") return mapChanged();
      return outcome === "stored" && shed !== undefined ? { kind: outcome, shed } : { kind: outcome };
    },
    async appendMany(request) {
      const { uploadIds, keepSeconds, batch, routes } = request;
      let shed: ShedFacts | undefined;
      const mayStore = () => role.goesBy(request.map);
      const stored = await once.runMany(uploadIds, mayStore, async (counts) => {
        await presence.announce(request);
        const fresh = uploadIds.flatMap((id, i) =>
          id !== "" && counts[i] ? [{ id, keepSeconds: keepSeconds[i] ?? 0 }] : [],
        );
        const isWhole = counts.every((one) => one);
        const counted = isWhole ? batch : withoutUploads(batch, (i) => counts[i] === true);
        const kept = await admitted(request, counted, counts.filter((one) => one).length);
        shed = kept.shed;
        await commit(kept.batch, entriesOf(fresh), kept.slots);
        role.note(routes, kept.batch.length);
      });
      if (stored === null) return mapChanged();
      const facts = { kind: "stored", stored, duplicates: uploadIds.length - stored } as const;
      return shed === undefined ? facts : { ...facts, shed };
    },
    async forgo({ ids, map }) {
      if (!role.goesBy(map)) return mapChanged();
      return { kind: "forgone", stored: await once.counted(ids) };
    },
  };
}
