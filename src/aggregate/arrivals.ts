// Uploads as they come in: each once, by the newest map that the shard knows, durable before it is acknowledged.
import type { Clock } from "../lib/clock.ts";
import { idEntry } from "../lib/id-set.ts";
import { withoutUploads } from "../segment/batch.ts";
import type {
  AppendAnswer,
  AppendManyAnswer,
  AppendManyRequest,
  AppendRequest,
  ForgoAnswer,
  ForgoRequest,
  UploadId,
} from "./live-protocol.ts";
import type { MetaStore } from "./object-meta.ts";
import type { Presence } from "./presence.ts";
import type { ShardRole } from "./shard-role.ts";
import { joined } from "./sql-bytes.ts";
import { uploadOnce } from "./upload-once.ts";

export interface ArrivalContext {
  readonly meta: MetaStore;
  readonly clock: Clock;
  readonly presence: Presence;
  readonly role: ShardRole;
  isRemembered(id: string): boolean;
  /** Makes a batch and its ids durable, together with whatever waits. */
  commit(batch: Uint8Array, ids: Uint8Array): Promise<void>;
}

export interface Arrivals {
  append(request: AppendRequest): Promise<AppendAnswer>;
  appendMany(request: AppendManyRequest): Promise<AppendManyAnswer>;
  forgo(request: ForgoRequest): Promise<ForgoAnswer>;
}

export function arrivals({ meta, clock, presence, role, isRemembered, commit }: ArrivalContext): Arrivals {
  const once = uploadOnce(isRemembered);
  const mapChanged = () => ({ kind: "map changed", map: meta.read().map }) as const;
  const entriesOf = (ids: readonly UploadId[]): Uint8Array =>
    joined(ids.map(({ id, keepSeconds }) => idEntry(id, Math.ceil(clock() + keepSeconds))));
  return {
    async append(request) {
      const { ids, batch, route } = request;
      const mayStore = () => role.goesBy(request.map);
      const store = async () => {
        await presence.announce(request);
        await commit(batch, entriesOf(ids));
        role.note([route], batch.length);
      };
      const names = ids.map(({ id }) => id);
      const outcome = await once.run(names, mayStore, store);
      return outcome === "refused" ? mapChanged() : { kind: outcome };
    },
    async appendMany(request) {
      const { uploadIds, keepSeconds, batch, routes } = request;
      const mayStore = () => role.goesBy(request.map);
      const stored = await once.runMany(uploadIds, mayStore, async (counts) => {
        await presence.announce(request);
        const fresh = uploadIds.flatMap((id, i) =>
          id !== "" && counts[i] ? [{ id, keepSeconds: keepSeconds[i] ?? 0 }] : [],
        );
        const isWhole = counts.every((one) => one);
        await commit(isWhole ? batch : withoutUploads(batch, (i) => counts[i] === true), entriesOf(fresh));
        role.note(routes, batch.length);
      });
      if (stored === null) return mapChanged();
      return { kind: "stored", stored, duplicates: uploadIds.length - stored };
    },
    async forgo({ ids, map }) {
      if (!role.goesBy(map)) return mapChanged();
      return { kind: "forgone", stored: await once.counted(ids) };
    },
  };
}
